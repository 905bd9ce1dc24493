using FsCheck;
using FsCheck.Fluent;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

/// <summary>For all values: what is written is read back; for all bytes: what is read writes the same bytes.</summary>
public class ValueRoundTripTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<ushort> Word = Gen.Choose(0, 65535).Select(static v => (ushort)v);
    private static readonly Gen<byte> Octet = Gen.Choose(0, 255).Select(static v => (byte)v);
    private static readonly Gen<uint> Long = from high in Word from low in Word select (uint)high << 16 | low;
    private static readonly Gen<Ipv4Address> Address = Long.Select(static v => new Ipv4Address(v));
    private static readonly Gen<MacAddress> Mac = from high in Word from low in Long select new MacAddress((ulong)high << 32 | low);
    private static readonly Gen<bool> Bit = Gen.Elements(true, false);
    private static readonly Gen<OptionBytes> Options = Gen.Choose(0, 40).SelectMany(static n => Octet.ArrayOf(n)).Select(static b => new OptionBytes(b));

    [Fact]
    public void Ipv4()
    {
        Gen<Ipv4Header> values =
            from source in Address
            from destination in Address
            from rest in Octet.ArrayOf(6)
            from words in Word.ArrayOf(3)
            from options in Options
            select new Ipv4Header(source, destination, (IpProtocol)rest[0])
            {
                Tos = rest[1],
                Ttl = rest[2],
                Flags = (Ipv4Flags)(rest[3] & 7),
                FragmentUnits = (ushort)(words[0] & 0x1FFF),
                Id = words[1],
                Checksum = words[2],
                TotalLength = (ushort)(60 + (words[0] % 60_000)),
                Options = options,
            };
        Prop.ForAll(values.ToArbitrary(), static value =>
        {
            byte[] bytes = Dirty(value.Length);
            value.Write(bytes);
            return Ipv4Header.TryParse(bytes, out Ipv4Header back) && back == value && value.WithChecksum() is var good && Holds(good);
        }).Check(Many);
    }

    [Fact]
    public void Tcp()
    {
        Gen<TcpHeader> values =
            from words in Word.ArrayOf(5)
            from sequence in Long
            from acknowledgement in Long
            from bits in Octet.ArrayOf(2)
            from options in Options
            select new TcpHeader(words[0], words[1], sequence, acknowledgement, (TcpFlags)bits[0])
            {
                Reserved = (byte)(bits[1] & 15), Window = words[2], Checksum = words[3], Urgent = words[4], Options = options,
            };
        Prop.ForAll(values.ToArbitrary(), static value =>
        {
            byte[] bytes = Dirty(value.Length);
            value.Write(bytes);
            return TcpHeader.TryParse(bytes, out TcpHeader back) && back == value;
        }).Check(Many);
    }

    [Fact]
    public void MizarsOptionsInBothLayouts()
    {
        Gen<RtsOption?> rts = from host in Address from mac in Mac from flow in Bit from there in Bit select there ? new RtsOption(host, mac, flow) : (RtsOption?)null;
        Gen<ScaledOption?> scaled =
            from source in Address
            from destination in Address
            from ports in Word.ArrayOf(2)
            from macs in Mac.ArrayOf(2)
            from there in Bit
            select there ? new ScaledOption(source, destination, ports[0], ports[1], macs[0], macs[1]) : (ScaledOption?)null;
        Gen<MizarOptions> values = from r in rts from s in scaled from pod in Long from ns in Long from label in Bit select new MizarOptions(r, s, label ? pod : 0, ns);
        Prop.ForAll(values.ToArbitrary(), static value =>
        {
            byte[] fixedLayout = Dirty(value.LengthIn(MizarCodec.FixedLayout));
            value.Write(fixedLayout, MizarCodec.FixedLayout);
            byte[] rfc = Dirty(value.LengthIn(MizarCodec.Rfc8926));
            value.Write(rfc, MizarCodec.Rfc8926);
            return MizarFixedLayout.TryParse(fixedLayout, out MizarOptions one) && one == value
                && MizarRfcLayout.TryParse(rfc, out MizarOptions other) && other == value;
        }).Check(Many);
    }

    [Fact]
    public void HeadersOfFixedLengthKeepEveryBit() => Prop.ForAll(Octet.ArrayOf(28).ToArbitrary(), static bytes =>
    {
        bool same = EthernetHeader.TryParse(bytes, out EthernetHeader ethernet) && Same(bytes, ethernet.Length, ethernet.Write);
        same &= VlanTag.TryParse(bytes, out VlanTag vlan) && Same(bytes, vlan.Length, vlan.Write);
        same &= IcmpHeader.TryParse(bytes, out IcmpHeader icmp) && Same(bytes, icmp.Length, icmp.Write);
        same &= UdpHeader.TryParse(bytes, out UdpHeader udp) && Same(bytes, udp.Length, udp.Write);
        same &= GeneveHeader.TryParse(bytes, out GeneveHeader geneve) && Same(bytes, geneve.Length, geneve.Write);
        (bytes[4], bytes[5]) = (6, 4);
        return same & (ArpPacket.TryParse(bytes, out ArpPacket arp) && Same(bytes, arp.Length, arp.Write));
    }).Check(Many);

    [Fact]
    public void AnyBytesSurviveTextAndBack() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        static bytes => PacketText.Parse(PacketText.Format(bytes)).AsSpan().SequenceEqual(bytes)).Check(Many);

    private delegate void Writer(Span<byte> bytes);

    private static bool Same(byte[] bytes, int length, Writer write)
    {
        byte[] written = Dirty(length);
        write(written);
        return bytes.AsSpan(0, length).SequenceEqual(written);
    }

    private static bool Holds(Ipv4Header header)
    {
        byte[] bytes = Dirty(header.Length);
        header.Write(bytes);
        return Ipv4View.TryRead(bytes, out Ipv4View view) && view.ChecksumHolds;
    }

    private static byte[] Dirty(int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)0xA5);
        return bytes;
    }
}
