using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

/// <summary>Frames the fabric itself loses, each cause by a data plane that sends everything to one place.</summary>
public sealed class LossTests
{
    private static readonly EndpointId A = new(0);
    private static readonly DropletId Left = new(0);

    [Fact]
    public void A_frame_that_is_too_long_for_the_underlay_is_lost_at_the_nic()
    {
        Assert.Equal("delivered", Send(MacOf(1), bytes: 1518));
        Assert.Equal("lost: TooLong", Send(MacOf(1), bytes: 1519));
    }

    [Fact]
    public void The_switch_floods_nothing_reflects_nothing_and_takes_no_group_address()
    {
        Assert.Equal("delivered", Send(MacOf(1)));
        Assert.Equal("lost: OwnAddress", Send(MacOf(0)));
        Assert.Equal("lost: UnknownAddress", Send(MacOf(7)));
        Assert.Equal("lost: GroupAddress", Send(MacAddress.Broadcast));
    }

    [Fact]
    public void A_port_whose_endpoint_is_gone_swallows_the_frame()
    {
        (SimulatedNetwork network, Forwarder plane) = Make();
        plane.TransitResult = new ProgramResult(Verdict.Redirect, Reason.Delivered, Devmap.Transit, 1);
        network.Inject(A, Frame(100));
        network.Detach(new EndpointId(1));
        network.Simulation.Run(SimTime.Never, 100, CancellationToken.None);
        Assert.Equal(1, network.Losses[LossCause.NoEndpoint]);
        Assert.Equal(Verdict.Redirect, network.Sightings[^1].Verdict);
        Assert.Equal(0, network.FramesInFlight);
        Assert.Equal(2, network.Runs(Verdict.Redirect));
    }

    [Fact]
    public void A_link_that_fails_loses_what_is_on_it_even_when_it_is_back_at_once()
    {
        (SimulatedNetwork network, _) = Make();
        network.Inject(A, Frame(100));
        network.Simulation.Run(SimTime.FromMicroseconds(5), 100, CancellationToken.None);
        network.Fail(Left);
        network.Restore(Left);
        network.Simulation.Run(SimTime.Never, 100, CancellationToken.None);
        Assert.Equal(1, network.Losses[LossCause.LinkDown]);
    }

    [Fact]
    public void A_burst_beyond_the_queue_is_cut_at_the_tail()
    {
        (SimulatedNetwork network, Forwarder plane) = Make(new LinkSpec(SimTime.FromMicroseconds(10), new DataRate(1_000_000_000), 4));
        for (int i = 0; i < 20; i++)
        {
            network.Inject(A, Frame(1000));
        }
        network.Simulation.Run(SimTime.Never, 1000, CancellationToken.None);
        Assert.Equal(15, network.Losses[LossCause.QueueFull]); // one being sent and four waiting are kept
        int?[] queues = [.. network.Sightings.Where(s => s.Kind == SightingKind.WireSent).Select(s => s.QueueFrames)];
        Assert.Equal([0, 0, 1, 2, 3], queues);
        Assert.Equal(["18us", "26us", "34us", "42us", "50us"], network.Sightings.Where(s => s.Kind == SightingKind.WireSent).Select(s => s.Time.ToString()));
        Assert.Equal(5, plane.TransitRuns);
    }

    [Fact]
    public void Tx_leaves_by_the_port_it_came_in_by_and_pass_ends()
    {
        (SimulatedNetwork network, Forwarder plane) = Make();
        plane.AgentResult = new ProgramResult(Verdict.Tx, Reason.None, Devmap.None, -1);
        network.Inject(A, Frame(100));
        network.Simulation.Run(SimTime.Never, 100, CancellationToken.None);
        Assert.Equal(
            [SightingKind.EndpointSent, SightingKind.Program, SightingKind.EndpointReceived], network.Sightings.Select(s => s.Kind));
        Assert.Equal(A, network.Sightings[^1].Endpoint);

        plane.AgentResult = new ProgramResult(Verdict.Pass, Reason.NotIpv4, Devmap.None, -1);
        network.Inject(A, Frame(100));
        network.Simulation.Run(SimTime.Never, 100, CancellationToken.None);
        Assert.Equal(Verdict.Pass, network.Sightings[^1].Verdict);
        Assert.Equal(0, network.FramesInFlight);
    }

    /// <summary>Sends one frame to a MAC and says what became of it.</summary>
    private static string Send(MacAddress destination, int bytes = 100)
    {
        (SimulatedNetwork network, Forwarder plane) = Make();
        byte[] frame = Frame(bytes);
        destination.Write(frame);
        network.Inject(A, frame);
        network.Simulation.Run(SimTime.Never, 100, CancellationToken.None);
        LossCause[] lost = [.. Enum.GetValues<LossCause>().Where(c => network.Losses[c] > 0)];
        Assert.Equal(lost.Length == 0 ? 1 : 0, plane.TransitRuns);
        return lost.Length == 0 ? "delivered" : $"lost: {Assert.Single(lost)}";
    }

    private static (SimulatedNetwork Network, Forwarder Plane) Make(LinkSpec? link = null)
    {
        TestNet net = new TestNet { MtuBytes = 1500 }
            .Droplets("left", "right")
            .Vpc("blue", 3, "10.0.0.0/16", "right")
            .Network("net", "blue", "10.0.0.0/24", "right")
            .Endpoint("a", "net", "10.0.0.2", "left")
            .Endpoint("c", "net", "10.0.0.3", "right");
        net.Link = link ?? net.Link;
        Plan plan = net.Build();
        Forwarder plane = new();
        SimulatedNetwork network = new(plan, plane, new FabricOptions(1, Calibration.None));
        network.Attach(A, Left);
        network.Attach(new EndpointId(1), new DropletId(1));
        return (network, plane);
    }

    private static MacAddress MacOf(int droplet) => new(0x0242_AC11_000Bu + (uint)droplet);

    private static byte[] Frame(int length)
    {
        byte[] frame = new byte[length];
        MacOf(1).Write(frame);
        return frame;
    }

    /// <summary>A data plane that answers what it is told to and changes nothing.</summary>
    private sealed class Forwarder : IDataPlane
    {
        public ProgramResult AgentResult { get; set; } = new(Verdict.Redirect, Reason.ToBouncer, Devmap.Agent, 0);

        public ProgramResult TransitResult { get; set; } = new(Verdict.Drop, Reason.NoVpc, Devmap.None, -1);

        public int TransitRuns { get; private set; }

        public DataPlaneSettings Settings => DataPlaneSettings.Mizar;

        public SimTime Now { get; set; }

        public ProgramResult Run(DropletId droplet, ProgramId program, AgentId agent, ref Frame frame)
        {
            TransitRuns += program == ProgramId.Transit ? 1 : 0;
            return program == ProgramId.Agent ? AgentResult : TransitResult;
        }

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => throw new NotSupportedException();

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => throw new NotSupportedException();

        public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => throw new NotSupportedException();
    }
}
