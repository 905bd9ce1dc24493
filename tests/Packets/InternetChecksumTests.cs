using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class InternetChecksumTests
{
    /// <summary>RFC 1071 §3's own example.</summary>
    [Fact]
    public void ExampleOfTheRfc()
    {
        byte[] bytes = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        Assert.Equal(0xDDF2, InternetChecksum.Fold(InternetChecksum.Sum(bytes)));
        Assert.Equal(0xFFFF - 0xDDF2, InternetChecksum.Compute(bytes));
    }

    [Fact]
    public void EqualsTheSumByTheBook() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        static bytes => InternetChecksum.Compute(bytes) == ByTheBook(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void LongestInputDoesNotOverflow()
    {
        byte[] bytes = new byte[65535];
        Array.Fill(bytes, (byte)0xFF);
        Assert.Equal(ByTheBook(bytes), InternetChecksum.Compute(bytes));
        Assert.Equal(0xFFFF, InternetChecksum.Fold(ulong.MaxValue));
    }

    [Fact]
    public void IncrementalEqualsFull()
    {
        // Equal as checksums: 0 and 0xFFFF both say "sum is 0"; RFC 1624's form never makes 0xFFFF of a nonzero header.
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] header = new byte[20];
            random.NextBytes(header);
            header[0] = 0x45;
            ushort before = InternetChecksum.Compute(header);
            ushort old = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(8));
            ushort replacement = (ushort)(random.Next(4) == 0 ? old : random.Next(65536));
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), replacement);
            Assert.Equal(InternetChecksum.Compute(header), InternetChecksum.Update(before, old, replacement));

            before = InternetChecksum.Compute(header);
            uint oldAddress = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12));
            uint newAddress = (uint)random.NextInt64(1L << 32);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(12), newAddress);
            Assert.Equal(InternetChecksum.Compute(header), InternetChecksum.Update(before, oldAddress, newAddress));
        }
    }

    /// <summary>RFC 1624 §4: the example its predecessor's formula got wrong.</summary>
    [Fact]
    public void IncrementalExampleOfTheRfc() => Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, (ushort)0x5555, (ushort)0x3285));

    [Fact]
    public void UpstreamLeavesAnUnchangedFieldAlone()
    {
        Assert.Equal(0xFFFF, InternetChecksum.UpdateAsUpstream(0xFFFF, 7, 7));
        Assert.Equal(0x0000, InternetChecksum.Update(0xFFFF, (ushort)7, (ushort)7));
        Assert.Equal(0xFFFF, InternetChecksum.UpdateAsUpstream(0xFFFF, Ipv4Address.Broadcast, Ipv4Address.Broadcast));
    }

    [Fact]
    public void RewrittenVectorsHaveUpstreamsChecksum()
    {
        // Every vector in which a program rewrote the inner addresses or ports of TCP or UDP: destination port, source port, source,
        // destination, one after the other (spec §2.6).
        int judged = 0;
        foreach ((byte[] before, byte[] after) in VectorFrames.AllPairs)
        {
            if (before.Length != after.Length || before.Length < 156 || before[126] != 8 || before[127] != 0 || before[128] != 0x45
                || before.AsSpan(140, 8).SequenceEqual(after.AsSpan(140, 8)) || before[137] is not (6 or 17))
            {
                continue;
            }
            int at = 148 + (before[137] == 6 ? TcpView.ChecksumOffset : UdpView.ChecksumOffset);
            ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(before.AsSpan(at));
            foreach (int port in new[] { 150, 148 })
            {
                checksum = InternetChecksum.UpdateAsUpstream(
                    checksum, BinaryPrimitives.ReadUInt16BigEndian(before.AsSpan(port)), BinaryPrimitives.ReadUInt16BigEndian(after.AsSpan(port)));
            }
            foreach (int address in new[] { 140, 144 })
            {
                checksum = InternetChecksum.UpdateAsUpstream(
                    checksum, Ipv4Address.Read(before.AsSpan(address)), Ipv4Address.Read(after.AsSpan(address)));
            }
            Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(after.AsSpan(at)), checksum);
            judged++;
        }
        Assert.True(judged >= 70, $"{judged} rewritten frames");
    }

    [Fact]
    public void UdpChecksumOfZeroIsSentAsOnes()
    {
        // The payload is chosen so that the sum comes out as 0xFFFF.
        byte[] segment = [0, 0, 0, 0, 0, 10, 0, 0, 0, 0];
        ushort first = InternetChecksum.ComputeUdp(Ipv4Address.Any, Ipv4Address.Any, segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(8), first);
        Assert.Equal(0xFFFF, InternetChecksum.ComputeUdp(Ipv4Address.Any, Ipv4Address.Any, segment));
    }

    [Fact]
    public void ChecksumsAndViewsAllocateNothing()
    {
        byte[] frame = VectorFrames.Named[0];
        ulong sum = Touch(frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            sum += Touch(frame);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(0UL, sum);
    }

    private static ulong Touch(byte[] frame)
    {
        ulong sum = InternetChecksum.Compute(frame) + (ulong)MizarHash.OfWords(1, 2);
        if (EthernetView.TryRead(frame, out EthernetView ethernet) && Ipv4View.TryRead(ethernet.Payload, out Ipv4View ip)
            && UdpView.TryRead(ip.Payload, out UdpView udp) && GeneveView.TryRead(udp.Payload, out GeneveView geneve)
            && MizarOptions.TryParse(geneve, out MizarOptions options, out _))
        {
            sum += (ulong)ip.Ttl + udp.SourcePort + geneve.Vni.Value + options.Rts!.Value.Host.Value + (ip.ChecksumHolds ? 1u : 0u);
            foreach (GeneveOptionView option in geneve.Walk())
            {
                sum += option.Class;
            }
            Ipv4Header.TryParse(ethernet.Payload, out Ipv4Header header);
            header.Write(frame.AsSpan(14));
        }
        return sum;
    }

    private static ushort ByTheBook(byte[] bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)~sum;
    }
}
