using BenchmarkDotNet.Attributes;
using MizarLab.Benchmarks.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.Packets;

/// <summary>The Internet checksum: over a whole IPv4 header, over a whole datagram, and after one field changed.</summary>
[BenchmarkCategory(Categories.Packets)]
public class Checksums
{
    private const int Chain = 256;

    private readonly byte[] datagram = new byte[1480];
    private readonly byte[] header = new byte[20];
    private ushort known;
    private uint old;

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < datagram.Length; i++)
        {
            datagram[i] = (byte)((i * 7) + 1);
        }
        datagram.AsSpan(0, header.Length).CopyTo(header);
        header.AsSpan(10, 2).Clear();
        old = Ipv4Address.Read(header.AsSpan(12)).Value;
        known = InternetChecksum.Compute(header);
        byte[] changed = [.. header];
        new Ipv4Address(Chain).Write(changed.AsSpan(12));
        WrongPathException.ThrowUnless(Incremental() == InternetChecksum.Compute(changed), "the incremental checksum is not the whole one");
    }

    [Benchmark]
    public ushort Header20() => InternetChecksum.ComputeWithout(header, 10);

    [Benchmark]
    public ushort Datagram1480() => InternetChecksum.Compute(datagram);

    /// <summary>RFC 1624 for one IPv4 address; each waits for the one before, or it could not be told from nothing.</summary>
    [Benchmark(OperationsPerInvoke = Chain)]
    public ushort Incremental()
    {
        ushort checksum = known;
        uint from = old;
        for (uint to = 1; to <= Chain; to++)
        {
            checksum = InternetChecksum.Update(checksum, from, to);
            from = to;
        }
        return checksum;
    }
}
