using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class PacketTextTests
{
    private const string UdpText =
        "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 ttl=64 src=10.0.0.2 dst=10.0.0.3 / udp sport=4000 dport=53 / text \"hello\"";

    [Fact]
    public void EveryVectorFrameRoundTrips()
    {
        Assert.Equal(240, VectorFrames.Named.Count);
        foreach (byte[] frame in VectorFrames.Named)
        {
            string text = PacketText.Format(frame);
            Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(PacketText.Parse(text)));
            Assert.Equal(text, PacketText.Format(PacketText.Parse(text)));
        }
    }

    [Fact]
    public void EveryRandomVectorFrameRoundTrips()
    {
        foreach ((byte[] before, byte[] after) in VectorFrames.AllPairs)
        {
            Assert.Equal(Convert.ToHexString(before), Convert.ToHexString(PacketText.Parse(PacketText.Format(before))));
            Assert.Equal(Convert.ToHexString(after), Convert.ToHexString(PacketText.Parse(PacketText.Format(after))));
        }
    }

    [Fact]
    public void TheExampleOfTheHandbookParses()
    {
        byte[] frame = PacketText.Parse(UdpText);
        byte[] built = new PacketBuilder()
            .Ethernet(MacAddress.Parse("02:00:00:00:00:02"), MacAddress.Parse("02:00:00:00:00:01"))
            .Ipv4(Ipv4Address.Parse("10.0.0.2"), Ipv4Address.Parse("10.0.0.3")).Udp(4000, 53).Text("hello").ToBytes();
        Assert.Equal(built, frame);
        Assert.Equal(UdpText, PacketText.Format(frame));
    }

    [Theory]
    [InlineData("hex", "")]
    [InlineData("hex 00ff", "00ff")]
    [InlineData("  hex 00 FF\n 12  ", "00ff12")]
    [InlineData("zeros 3/hex 01", "000000 01")]
    [InlineData("text \"a / \\\"\\\\\\n\"", "61202f20 225c0a")]
    [InlineData("text \"é\"", "c3a9")]
    [InlineData("vlan id=5 pcp=7 dei=1 / hex", "f00588b5")]
    [InlineData("vlan id=0x123 / arp op=7", "0123 0806 0001 0800 06 04 0007 000000000000 00000000 000000000000 00000000")]
    [InlineData("arp op=reply / trailer 0102", "0001 0800 06 04 0002 000000000000 00000000 000000000000 00000000 0102")]
    [InlineData("geneve vni=3 / rts host=1.2.3.4 mac=02:00:00:00:00:01 / ns_label id=9 / hex aa",
        "06 00 6558 000003 00 / 0111 48 03 00 01020304 020000000001 00 / 0111 51 01 00000009 / aa")]
    [InlineData("geneve vni=1 flags=control,critical / option class=0x0102 type=0x81 data=deadbeef / ipv4 csum=0",
        "02 c0 0800 000001 00 / 0102 81 01 deadbeef / 45 00 0014 0000 0000 40 fd 0000 00000000 00000000")]
    [InlineData("geneve vni=1 optlen=1 / option_bytes 010280 05", "01 00 6558 000001 00 / 01028005")]
    [InlineData("mizar pod_label=1 rts_type=0 rts_len=0 rts_reserved=7",
        "1101 00 e0 000000000000000000000000 / 1101 00 00 00000000000000000000000000000000000000000000000000000000 / 1101 50 01 01000000 / 1101 51 01 00000000")]
    [InlineData("tcp sport=1 dport=2 flags=syn,ack seq=7 ack=0x10 options=mss:1460,nop,wscale:7,sackok,ts:1:2,0x1e:0102",
        "0001 0002 00000007 00000010 b0 12 ffff 0000 0000 / 020405b4 01 030307 0402 080a0000000100000002 1e040102")]
    [InlineData("tcp options=raw:02", "0000 0000 00000000 00000000 60 00 ffff 0000 0000 / 02000000")]
    [InlineData("icmp type=unreachable code=4 mtu=1386 / ipv4 len=1500 csum=0x0001 src=1.1.1.1",
        "03 04 69b5 0000 056a / 45 00 05dc 0000 0000 40 fd 0001 01010101 00000000")]
    public void TextGivesTheseBytes(string text, string hex) =>
        Assert.Equal(hex.Replace(" ", "").Replace("/", ""), Convert.ToHexStringLower(PacketText.Parse(text)));

    [Theory]
    [InlineData("", 1, "a layer is expected", null)]
    [InlineData("eth / ", 7, "a layer is expected", null)]
    [InlineData("eht", 1, "no layer 'eht'", "eth")]
    [InlineData("eth / ip4", 7, "no layer 'ip4'", "ipv4")]
    [InlineData("eth dts=02:00:00:00:00:02", 5, "eth has no field 'dts'", "dst")]
    [InlineData("eth dst=1", 9, "MAC address", null)]
    [InlineData("eth type=ivp4", 10, "not 'ivp4'", "ipv4")]
    [InlineData("ipv4 src=10.0.0.300", 10, "IPv4 address", null)]
    [InlineData("ipv4 ttl=300", 10, "does not fit", null)]
    [InlineData("ipv4 src 10.0.0.1", 9, "'=' and a value", null)]
    [InlineData("ipv4 =1", 6, "a field of ipv4", null)]
    [InlineData("ipv4 options=nop options=nop", 18, "given twice", null)]
    [InlineData("udp sport=1 sport=2", 13, "given twice", null)]
    [InlineData("tcp options=nop,mms:4", 17, "no option 'mms'", "mss")]
    [InlineData("tcp options=mss:70000", 13, "not a number of 16 bits", null)]
    [InlineData("tcp options=ts:1", 13, "has 2 numbers, this has 1", null)]
    [InlineData("tcp options=nop,0x05:0", 17, "hexadecimal", null)]
    [InlineData("tcp flags=syn,akc", 11, "not 'syn,akc'", "ack")]
    [InlineData("icmp mtu=4", 6, "no 'mtu'", null)]
    [InlineData("icmp type=echo_reqest", 11, "not 'echo_reqest'", "echo_request")]
    [InlineData("option data=0102", 13, "multiple of 4", null)]
    [InlineData("text \"a", 6, "no closing quote", null)]
    [InlineData("text a", 6, "double quotes", null)]
    [InlineData("text \"\\q\"", 8, "no escape", null)]
    [InlineData("text \"a\" b", 10, "'/' or the end", null)]
    [InlineData("hex 0g", 5, "hexadecimal", null)]
    [InlineData("hex 012", 5, "even number", null)]
    [InlineData("zeros 99999999999", 7, "up to 16777216", null)]
    [InlineData("zeros 16777216 / hex 00", 18, "longer than", null)]
    [InlineData("trailer 00", 1, "behind an ipv4 or arp", null)]
    [InlineData("ipv4 / trailer 00 / trailer", 21, "behind an ipv4 or arp", null)]
    public void ErrorsNamePlaceAndMend(string text, int column, string problem, string? suggestion)
    {
        PacketTextException error = Assert.Throws<PacketTextException>(() => PacketText.Parse(text));
        Assert.Equal(column, error.Column);
        Assert.Contains(problem, error.Message);
        Assert.Equal(suggestion, error.Suggestion);
        Assert.StartsWith($"column {column}: ", error.Message);
    }

    [Fact]
    public void OptionsLongerThanTheirHeaderAreRefused() => Assert.Contains(
        "do not fit", Assert.Throws<PacketTextException>(static () => PacketText.Parse($"tcp options=raw:{new string('0', 82)}")).Message);

    [Fact]
    public void MangledTextsGiveBytesOrAPlaceNeverAnythingElse()
    {
        var frames = new RandomFrames(4);
        var random = new Random(5);
        const string Inserts = " /=\"\\,:x0f9zé\n";
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = PacketText.Format(frames.Next());
            for (int changes = random.Next(1, 4); changes > 0 && text.Length > 0; changes--)
            {
                int at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(text.Length - at, random.Next(1, 4))),
                    1 => text.Insert(at, Inserts[random.Next(Inserts.Length)].ToString()),
                    _ => text[..at],
                };
            }
            try
            {
                byte[] bytes = PacketText.Parse(text);
                Assert.Equal(bytes, PacketText.Parse(PacketText.Format(bytes)));
            }
            catch (PacketTextException error)
            {
                Assert.InRange(error.Column, 1, text.Length + 1);
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 19_000);
    }
}
