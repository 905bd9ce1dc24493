using MizarLab.DataPlane;
using MizarLab.Packets;
using MizarLab.Tests.Bpf;
using static MizarLab.Tests.DataPlane.LabWorld;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// In the dialect <c>lab</c> nothing malformed goes on, and every frame that ends has a counted reason. What is well formed is said here a second time, from the
/// RFCs and without a line of the simulator's.
/// </summary>
public sealed class LabHostileTests
{
    [Fact]
    public void Cut_off_at_any_byte_nothing_goes_on()
    {
        byte[][] whole = [Tunnel(Udp(Local, Remote)), Tunnel(Udp(Local, Far)), Tunnel(Ping(Local, Gateway)), Tunnel(ArpRequest(Local, Remote)), Tunnel(Udp(0x0A00_1402, Hosted))];
        foreach (byte[] frame in whole)
        {
            Assert.Equal(Verdict.Redirect, new LabWorld().Transit(frame, out _).Verdict);
            for (int length = 0; length < frame.Length; length++)
            {
                LabWorld world = new();
                ProgramResult result = world.Transit(frame[..length], out _);
                Assert.True(result.Verdict is Verdict.Drop or Verdict.Aborted, $"{length} bytes of {frame.Length}: {result}");
                Assert.Equal(1ul, world.Drops(result.Reason));
            }
        }
    }

    [Fact]
    public void An_endpoints_frame_cut_off_at_any_byte_goes_nowhere()
    {
        byte[] frame = Udp(Hosted, Remote);
        HostedMac.Write(frame.AsSpan(6));
        Assert.Equal(Reason.ToBouncer, new LabWorld(Switches.All & ~Switches.LocalDelivery).FromEndpoint(frame, out _).Reason);
        for (int length = 0; length < frame.Length; length++)
        {
            LabWorld world = new();
            ProgramResult result = world.FromEndpoint(frame[..length], out _);
            Assert.True(result.Verdict is Verdict.Drop or Verdict.Aborted, $"{length} bytes of {frame.Length}: {result}");
            Assert.Equal(1ul, world.Drops(result.Reason));
        }
    }

    /// <summary>Every bit of every header, alone: what goes on all the same is still well formed.</summary>
    [Fact]
    public void Any_bit_may_lie()
    {
        byte[] frame = Tunnel(Udp(Local, Remote));
        for (int bit = 0; bit < 156 * 8; bit++)
        {
            byte[] lie = [.. frame];
            lie[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertJudged(new LabWorld(), lie, $"bit {bit % 8} of byte {bit / 8}");
        }
    }

    [Fact]
    public void A_frame_in_a_frame_in_a_frame_is_a_packet_like_any_other()
    {
        byte[] inner = Udp(Local, Remote);
        for (int depth = 0; depth < 4; depth++)
        {
            byte[] tunnel = Tunnel(inner);
            Assert.Equal(Reason.ToHost, new LabWorld().Transit(tunnel, out byte[] after).Reason);
            Assert.Equal(inner[14..22], after[128..136]);
            inner = new PacketBuilder().Ethernet(GatewayMac, SenderMac).Ipv4(new Ipv4Address(Local), new Ipv4Address(Remote))
                .Udp(6081, 6081).Bytes(tunnel).ToBytes();
        }
    }

    [Theory]
    [InlineData(9000)]
    [InlineData(60000)]
    public void A_jumbo_frame_is_carried(int payload) =>
        Assert.Equal(Reason.ToHost, new LabWorld().Transit(Tunnel(Udp(Local, Remote, payload: payload))));

    [Fact]
    public void Nothing_malformed_is_forwarded_and_each_drop_is_counted()
    {
        HostileFrames frames = new(20260715, standard: true);
        LabWorld world = new(errors: int.MaxValue);
        for (uint host = 0; host < 9; host++)
        {
            world.Put(Tables.Peers, new Ipv4Address(0xAC11_000B + host), PeerState.Healthy);
        }
        InterfaceConfig own = new(0, new Ipv4Address(Own), MacOf(Own));
        SortedDictionary<Reason, ulong> ended = [];
        int forwarded = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] frame = frames.Next(own);
            ProgramResult result = world.Transit(frame, out _);
            Assert.NotEqual(Reason.None, result.Reason);
            if (result.Verdict is Verdict.Drop or Verdict.Aborted)
            {
                ended[result.Reason] = ended.GetValueOrDefault(result.Reason) + 1;
            }
            else if (result.Verdict == Verdict.Redirect)
            {
                forwarded++;
                Assert.True(WellFormedness.IsTunnel(frame), $"frame {i}, {result}: {Convert.ToHexStringLower(frame)}");
            }
        }
        Assert.True(forwarded > 2_000, $"only {forwarded} went on");
        Assert.True(ended.Count > 15, string.Join(", ", ended.Keys));
        foreach ((Reason reason, ulong count) in ended)
        {
            Assert.Equal(count, world.Drops(reason));
        }
    }

    private static void AssertJudged(LabWorld world, byte[] frame, string what)
    {
        ProgramResult result = world.Transit(frame, out _);
        Assert.True(result.Verdict != Verdict.Redirect || WellFormedness.IsTunnel(frame), $"{what}: {result}");
        Assert.True(result.Verdict is Verdict.Redirect or Verdict.Pass || world.Drops(result.Reason) == 1, $"{what}: {result} is not counted");
    }
}
