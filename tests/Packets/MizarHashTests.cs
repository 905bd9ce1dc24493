using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class MizarHashTests
{
    [Theory]
    [InlineData("10.0.0.2", "10.0.0.3", 0x537b63cfu, 1209, 1, 2, 3, 2, 7)]
    [InlineData("10.0.0.3", "10.0.0.2", 0x4d940f5au, 1198, 0, 0, 2, 0, 2)]
    [InlineData("10.20.0.5", "10.20.0.6", 0xcaefa295u, 6000, 1, 2, 1, 2, 5)]
    [InlineData("10.20.0.6", "10.20.0.5", 0x443fe6f1u, 5817, 1, 2, 1, 2, 1)]
    [InlineData("192.168.1.10", "192.168.2.20", 0xaab59e10u, 2695, 0, 0, 0, 0, 0)]
    [InlineData("10.20.0.15", "10.20.0.17", 0x3048edbau, 5407, 0, 0, 2, 3, 2)]
    [InlineData("20.0.0.26", "20.0.0.38", 0xa6673350u, 2138, 0, 1, 0, 0, 0)]
    [InlineData("10.0.0.2", "10.0.20.3", 0x1475ffceu, 5048, 0, 1, 2, 3, 6)]
    [InlineData("0.0.0.0", "0.0.0.0", 0x51b5a5dau, 5263, 0, 0, 2, 0, 2)]
    [InlineData("255.255.255.255", "255.255.255.255", 0xb1347f4bu, 4596, 1, 2, 3, 1, 3)]
    public void AddressesHashAsUpstream(string source, string destination, uint hash, int port, uint mod2, uint mod3, uint mod4, uint mod5, uint mod8)
    {
        Ipv4Address from = Ipv4Address.Parse(source);
        Ipv4Address to = Ipv4Address.Parse(destination);
        uint h = MizarHash.OfAddresses(from, to);
        Assert.Equal(hash, h);
        Assert.Equal((ushort)port, MizarHash.SourcePort(from, to));
        Assert.Equal(new[] { mod2, mod3, mod4, mod5, mod8 }, new[] { h % 2, h % 3, h % 4, h % 5, h % 8 });
    }

    [Theory]
    [InlineData("10.0.0.2", 40000, 0xa3e14bc0u, 0, 1, 0)]
    [InlineData("10.0.0.2", 40001, 0x9fa85803u, 1, 1, 3)]
    [InlineData("10.20.0.5", 33333, 0x769487a3u, 1, 0, 4)]
    [InlineData("10.0.0.2", 0, 0xa0053faau, 0, 2, 3)]
    public void ClientsHashAsUpstream(string client, int port, uint hash, uint mod2, uint mod3, uint mod5)
    {
        uint h = MizarHash.OfClient(Ipv4Address.Parse(client), (ushort)port);
        Assert.Equal(hash, h);
        Assert.Equal(new[] { mod2, mod3, mod5 }, new[] { h % 2, h % 3, h % 5 });
    }
}
