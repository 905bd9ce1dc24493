using System.Text;
using MizarLab.Engine;

namespace MizarLab.Tests.Engine;

public sealed class StableHashTests
{
    /// <summary>Published values of the function, as its bytes in order (each half little-endian).</summary>
    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("The quick brown fox jumps over the lazy dog", "6c1b07bc7bbc4be347939ac4a93c437a")]
    public void It_is_MurmurHash3_x64_128(string text, string expected)
    {
        StableHash hash = new(0);
        hash.Add(Encoding.ASCII.GetBytes(text));
        UInt128 value = hash.Finish();
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, (ulong)(value >> 64));
        BitConverter.TryWriteBytes(bytes[8..], (ulong)value);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Pieces_do_not_matter()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 37))];
        StableHash whole = new(9);
        whole.Add(bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            StableHash pieces = new(9);
            pieces.Add(bytes.AsSpan(0, cut));
            pieces.Add(bytes.AsSpan(cut));
            Assert.Equal(whole.Finish(), pieces.Finish());
        }
    }
}
