using MizarLab.Packets;

namespace MizarLab.Tests.Inputs;

/// <summary>
/// The capture of the scenario <c>replayed_capture.yaml</c>, made by us: what one would have seen on the interface of a small web server (10.0.0.4) that two clients (10.0.0.2, 10.0.0.3) ask for ten pages, each
/// of which it makes of a row out of a database in the next network (10.0.0.18). With what every capture has besides: ARP, IPv6, and packets of an address from elsewhere.
/// </summary>
internal static class WebCapture
{
    public const string Name = "captures/web.pcapng";

    /// <summary>Packets between the four.</summary>
    public const int Own = 10 * PerPage;

    /// <summary>An address that is nobody's sends and is sent to, once each.</summary>
    public const int Foreign = 2;

    /// <summary>Two of ARP, one of IPv6.</summary>
    public const int NotIpv4 = 3;

    private const int PerPage = 11;
    private const long Begin = 1_795_000_000_000_000_000;

    private static readonly Ipv4Address Server = Ipv4Address.Parse("10.0.0.4"), Database = Ipv4Address.Parse("10.0.0.18"), Elsewhere = Ipv4Address.Parse("192.0.2.9");

    /// <summary>As pcapng, in nanoseconds.</summary>
    public static byte[] Bytes()
    {
        MemoryStream stream = new();
        PcapngWriter writer = new(stream, "mizarlab", "ten pages and the rows they are made of");
        int nic = writer.AddInterface("web");
        foreach ((long nanoseconds, byte[] frame) in Packets())
        {
            writer.Write(nic, Begin + nanoseconds, frame, null);
        }
        return stream.ToArray();
    }

    /// <summary>Times after the first, in nanoseconds.</summary>
    public static IEnumerable<(long Nanoseconds, byte[] Frame)> Packets()
    {
        Ipv4Address first = Client(0);
        yield return (0, new PacketBuilder().Ethernet(MacAddress.Broadcast, MacOf(first)).ArpRequest(MacOf(first), first, Server).ToBytes());
        yield return (11_000, new PacketBuilder().Ethernet(MacOf(first), MacOf(Server)).ArpReply(MacOf(Server), Server, MacOf(first), first).ToBytes());
        for (int page = 0; page < 10; page++)
        {
            // Pages overlap a little, as two clients' do.
            long at = 100_000 + (page * 1_900_000L);
            Ipv4Address client = Client(page);
            ushort port = (ushort)(50_000 + page);
            uint asked = 1_000u * (uint)(page + 1), answered = 7_000u * (uint)(page + 1);
            yield return (at, Tcp(client, Server, port, 80, asked, 0, TcpFlags.Syn, 0));
            yield return (at + 40_000, Tcp(Server, client, 80, port, answered, asked + 1, TcpFlags.Syn | TcpFlags.Ack, 0));
            yield return (at + 300_000, Tcp(client, Server, port, 80, asked + 1, answered + 1, TcpFlags.Ack, 0));
            yield return (at + 310_000, Tcp(client, Server, port, 80, asked + 1, answered + 1, TcpFlags.Ack | TcpFlags.Push, 220));
            yield return (at + 500_000, Udp(Server, Database, (ushort)(41_000 + page), 5_432, 90));
            yield return (at + 900_000, Udp(Database, Server, 5_432, (ushort)(41_000 + page), 480));
            yield return (at + 1_100_000, Tcp(Server, client, 80, port, answered + 1, asked + 221, TcpFlags.Ack, 1_200));
            yield return (at + 1_101_000, Tcp(Server, client, 80, port, answered + 1_201, asked + 221, TcpFlags.Ack | TcpFlags.Push, 700));
            yield return (at + 1_400_000, Tcp(client, Server, port, 80, asked + 221, answered + 1_901, TcpFlags.Ack, 0));
            yield return (at + 1_410_000, Tcp(client, Server, port, 80, asked + 221, answered + 1_901, TcpFlags.Fin | TcpFlags.Ack, 0));
            yield return (at + 1_450_000, Tcp(Server, client, 80, port, answered + 1_901, asked + 222, TcpFlags.Fin | TcpFlags.Ack, 0));
        }
        yield return (19_600_000, Udp(Elsewhere, Server, 123, 123, 48));
        yield return (19_610_000, Udp(Server, Elsewhere, 123, 123, 48));
        yield return (19_700_000, [.. new byte[12], 0x86, 0xDD, 0x60, .. new byte[5], 59, .. new byte[33]]); // no next header
    }

    private static Ipv4Address Client(int page) => Ipv4Address.Parse(page % 2 == 0 ? "10.0.0.2" : "10.0.0.3");

    private static MacAddress MacOf(Ipv4Address address) => new(0x0200_0000_0000UL | address.Value);

    private static byte[] Tcp(Ipv4Address from, Ipv4Address to, ushort sport, ushort dport, uint sequence, uint acknowledged, TcpFlags flags, int bytes) =>
        new PacketBuilder().Ethernet(MacOf(to), MacOf(from)).Ipv4(from, to).Tcp(sport, dport, sequence, acknowledged, flags).Bytes(new byte[bytes]).ToBytes();

    private static byte[] Udp(Ipv4Address from, Ipv4Address to, ushort sport, ushort dport, int bytes) =>
        new PacketBuilder().Ethernet(MacOf(to), MacOf(from)).Ipv4(from, to).Udp(sport, dport).Bytes(new byte[bytes]).ToBytes();
}
