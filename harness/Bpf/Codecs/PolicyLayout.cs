using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>What the keys and values of bpf/policy.h have in common.</summary>
internal static class PolicyLayout
{
    /// <summary>struct policy_bits.</summary>
    public const int BitsBytes = 32;

    private const int DirectionAt = 12;

    /// <summary>VNI, the protected endpoint's address, the direction: 13 bytes.</summary>
    public static void WriteScope(in PolicyScope scope, Span<byte> bytes)
    {
        Layout.WriteEndpointKey(scope.Local, bytes);
        bytes[DirectionAt] = (byte)scope.Direction;
    }

    public static PolicyScope ReadScope(ReadOnlySpan<byte> bytes) => new((PolicyDirection)bytes[DirectionAt], Layout.ReadEndpointKey(bytes));

    public static void WriteBits(in PolicyBits bits, Span<byte> bytes)
    {
        Layout.Write(bytes, 0, bits.Word0);
        Layout.Write(bytes, 8, bits.Word1);
        Layout.Write(bytes, 16, bits.Word2);
        Layout.Write(bytes, 24, bits.Word3);
    }

    public static PolicyBits ReadBits(ReadOnlySpan<byte> bytes) =>
        new(Layout.Read<ulong>(bytes, 0), Layout.Read<ulong>(bytes, 8), Layout.Read<ulong>(bytes, 16), Layout.Read<ulong>(bytes, 24));
}
