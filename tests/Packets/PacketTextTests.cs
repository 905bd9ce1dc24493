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
}
