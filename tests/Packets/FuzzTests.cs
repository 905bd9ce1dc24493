using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Packets;
using Xunit.Abstractions;

namespace MizarLab.Tests.Packets;

/// <summary>Random frames through everything that reads bytes: nothing throws, nothing is lost. A million with MIZARLAB_LONG=1.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private static int Frames => LongRun.Or(20_000, 1_000_000);

    [Fact]
    public void TextAndBackGivesTheSameBytes()
    {
        Tell("through text and back");
        var frames = new RandomFrames(1);
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = frames.Next();
            string text = PacketText.Format(frame);
            byte[] back = PacketText.Parse(text);
            if (!frame.AsSpan().SequenceEqual(back))
            {
                Assert.Fail($"frame {i}\n{Convert.ToHexStringLower(frame)}\n{text}\n{Convert.ToHexStringLower(back)}");
            }
        }
    }

    [Fact]
    public void DecodedFieldsCoverEveryByteInOrder()
    {
        Tell("through the decoder");
        var frames = new RandomFrames(2);
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = frames.Next();
            int end = 0;
            foreach (DecodedField field in FrameDecoder.Decode(frame))
            {
                if (field.Offset > end || field.Offset + field.Length < end)
                {
                    Assert.Fail($"frame {i}: {field} leaves bytes from {end}\n{Convert.ToHexStringLower(frame)}");
                }
                end = field.Offset + field.Length;
            }
            Assert.Equal(frame.Length, end);
        }
    }

    [Fact]
    public void DiffShowsADifferenceExactlyWhereThereIsOne()
    {
        var frames = new RandomFrames(3);
        byte[] previous = [];
        for (int i = 0; i < Frames / 10; i++)
        {
            byte[] frame = frames.Next();
            ImmutableArray<DiffRow> same = FrameDiff.Compare(frame, frame);
            Assert.DoesNotContain(same, static r => r.Differs);
            Assert.Equal(FrameDecoder.Decode(frame).Length, same.Length);
            bool equal = frame.AsSpan().SequenceEqual(previous);
            Assert.Equal(!equal, FrameDiff.Compare(previous, frame).Any(static r => r.Differs));
            Assert.Equal(!equal, FrameDiff.ToText(previous, frame).Contains('≠'));
            previous = frame;
        }
    }

    [Fact]
    public void NoViewThrowsAfterItsLengthCheck()
    {
        Tell("through the views");
        var frames = new RandomFrames(8);
        ulong touched = 0;
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = frames.Next();
            // Every header's bytes at places where it does not belong, too.
            foreach (int offset in new[] { 0, 14, 34, 42, 50, 114, 128 })
            {
                touched += Touch(frame.AsSpan(Math.Min(offset, frame.Length)));
            }
        }
        Assert.NotEqual(0UL, touched);
    }

    private static ulong Touch(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (EthernetView.TryRead(bytes, out EthernetView ethernet))
        {
            sum += ethernet.Destination.Value + ethernet.Source.Value + (ulong)ethernet.Type + (ulong)ethernet.Payload.Length;
        }
        if (VlanView.TryRead(bytes, out VlanView vlan))
        {
            sum += (ulong)vlan.Id + vlan.Priority + (vlan.DropEligible ? 1u : 0u) + (ulong)vlan.Type + (ulong)vlan.Payload.Length;
        }
        if (ArpView.TryRead(bytes, out ArpView arp))
        {
            sum += arp.HardwareType + (ulong)arp.ProtocolType + (ulong)arp.Operation + arp.SenderMac.Value + arp.TargetMac.Value
                + arp.SenderAddress.Value + arp.TargetAddress.Value;
        }
        if (Ipv4View.TryRead(bytes, out Ipv4View ip))
        {
            sum += ip.Version + (ulong)ip.HeaderLength + ip.Tos + ip.TotalLength + ip.Id + (ulong)ip.Flags + ip.FragmentUnits + ip.Ttl + (ulong)ip.Protocol
                + ip.Checksum + ip.Source.Value + ip.Destination.Value + (ip.ChecksumHolds ? 1u : 0u) + (ulong)ip.Options.Length + (ulong)ip.Payload.Length;
            Assert.Equal(ip.IsWellFormed, Ipv4Header.TryParse(bytes, out _));
        }
        if (IcmpView.TryRead(bytes, out IcmpView icmp))
        {
            sum += (ulong)icmp.Type + icmp.Code + icmp.Checksum + icmp.Rest + icmp.Id + icmp.Sequence + icmp.Mtu + (icmp.ChecksumHolds ? 1u : 0u)
                + (icmp.IsError ? 1u : 0u) + (ulong)icmp.Payload.Length;
        }
        if (UdpView.TryRead(bytes, out UdpView udp))
        {
            sum += (ulong)udp.SourcePort + udp.DestinationPort + udp.Length + udp.Checksum + (ulong)udp.Payload.Length
                + (udp.ChecksumHolds(Ipv4Address.Any, Ipv4Address.Broadcast) ? 1u : 0u);
        }
        if (TcpView.TryRead(bytes, out TcpView tcp))
        {
            sum += (ulong)tcp.SourcePort + tcp.DestinationPort + tcp.Sequence + tcp.Acknowledgement + (ulong)tcp.HeaderLength + tcp.Reserved + (ulong)tcp.Flags
                + tcp.Window + tcp.Checksum + tcp.Urgent + (ulong)tcp.Options.Length + (ulong)tcp.Payload.Length
                + (tcp.ChecksumHolds(Ipv4Address.Any, Ipv4Address.Broadcast) ? 1u : 0u);
            Assert.Equal(tcp.IsWellFormed, TcpHeader.TryParse(bytes, out _));
        }
        return sum + TouchGeneve(bytes);
    }

    private static ulong TouchGeneve(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (GeneveView.TryRead(bytes, out GeneveView geneve))
        {
            sum += (ulong)geneve.Version + geneve.OptionWords + geneve.ReservedBits + geneve.ReservedByte + (ulong)geneve.Protocol + geneve.Vni.Value
                + (geneve.IsControl || geneve.HasCritical ? 1u : 0u) + (ulong)geneve.Payload.Length + (ulong)geneve.FixedOptions.Length;
            int walked = 0;
            foreach (GeneveOptionView option in geneve.Walk())
            {
                sum += (ulong)option.Class + option.Type + option.ReservedBits + (ulong)option.Data.Length;
                walked += option.Length;
            }
            Assert.True(walked <= geneve.Options.Length);
            _ = MizarOptions.TryParse(geneve, out MizarOptions options, out _);
            sum += options.PodLabel;
        }
        _ = MizarFixedLayout.TryParse(bytes, out _);
        _ = MizarRfcLayout.TryParse(bytes, out _);
        return sum + MizarTunnel.SourcePortFor(bytes);
    }

    private void Tell(string what) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Frames} random frames {what}"));
}
