using MizarLab.Engine;
using MizarLab.Harness.Backends.Stimulus;

namespace MizarLab.Tests.Live;

public sealed class PingOutputTests
{
    [Fact]
    public void RoundTripIsRead()
    {
        const string output = """
            PING 10.0.20.3 (10.0.20.3) from 10.0.0.2 : 56(84) bytes of data.
            64 bytes from 10.0.20.3: icmp_seq=1 ttl=64 time=0.045 ms

            --- 10.0.20.3 ping statistics ---
            1 packets transmitted, 1 received, 0% packet loss, time 0ms
            rtt min/avg/max/mdev = 0.045/0.045/0.045/0.000 ms
            """;
        Assert.Equal(SimTime.FromMicroseconds(45), PingExchange.RoundTripOf(output));
    }

    [Fact]
    public void NoAnswerIsNoRoundTrip()
    {
        const string output = """
            PING 10.0.0.77 (10.0.0.77) from 10.0.0.2 : 56(84) bytes of data.
            From 10.0.0.2 icmp_seq=1 Destination Host Unreachable

            --- 10.0.0.77 ping statistics ---
            1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
            """;
        Assert.Null(PingExchange.RoundTripOf(output));
    }
}
