using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Tests.Baselines;

/// <summary>Messages, state and sessions of control planes as counted in the simulator, against the closed forms of spec 12 §3.1; batches against single messages.</summary>
public class ProgrammingTests
{
    private const long Unlimited = long.MaxValue;

    public static TheoryData<int, int, int, int, int, int> Shapes => new()
    {
        // n, h, k, d, g, r
        { 1, 1, 1, 1, 1, 1 },
        { 2, 2, 1, 1, 1, 1 },
        { 10, 10, 2, 2, 2, 2 },
        { 37, 5, 3, 1, 1, 3 },
        { 100, 100, 2, 3, 4, 1 },
        { 257, 31, 4, 2, 3, 2 },
        { 640, 64, 1, 4, 2, 4 },
        { 1_000, 97, 8, 5, 5, 2 },
        { 1_003, 333, 2, 2, 2, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Counts_equal_the_closed_forms(int n, int h, int k, int d, int g, int r)
    {
        ControlShape shape = Shape(n, h, k, d, g, r);
        ControlOutcome fullMesh = Run(new FullMesh(shape));
        Assert.Equal((long)n * h, fullMesh.Messages);
        Assert.Equal((n, n), (fullMesh.MeanState, fullMesh.MostState));
        Assert.Equal((long)h * (h - 1) / 2, new FullMesh(shape).Sessions);

        Assert.Equal((0, 0), (Run(new FloodAndLearn(shape)).Messages, new FloodAndLearn(shape).Sessions));
        Assert.Equal((n, h), (Run(new OnDemand(shape)).Messages, new OnDemand(shape).Sessions));
        Assert.Equal((long)n * (g + 1), Run(new Gateways(shape)).Messages);

        ControlOutcome evpn = Run(new Evpn(shape));
        Assert.Equal((long)n * r, evpn.Relayed);
        Assert.Equal(n * (r + ((long)r * (h - 1))), evpn.Messages);
        Assert.Equal((n, n), (evpn.MeanState, evpn.MostState));
        Assert.Equal(((long)r * h) + ((long)r * (r - 1) / 2), new Evpn(shape).Sessions);

        ControlOutcome mesh = Run(new EvpnMesh(shape));
        Assert.Equal((long)n * (h - 1), mesh.Messages);
        Assert.Equal((n, n), (mesh.MeanState, mesh.MostState));
        Assert.Equal((long)h * (h - 1) / 2, new EvpnMesh(shape).Sessions);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Mizars_management_tells_k_bouncers_and_the_host_of_an_endpoint_and_d_dividers_of_a_network(int n, int h, int k, int d, int g, int r)
    {
        if (Math.Max(k, d) > h)
        {
            return; // no such placement
        }
        ControlShape shape = Shape(n, h, k, d, g, r) with { EndpointsPerNetwork = 50 };
        foreach (DataPlaneSettings settings in (DataPlaneSettings[])[DataPlaneSettings.Mizar, DataPlaneSettings.Lab])
        {
            MizarManagement plane = new(shape, settings);
            ControlOutcome outcome = Run(plane);
            Assert.Equal(((long)n * (k + 1)) - plane.Merged, outcome.Messages);
            Assert.Equal(((long)plane.Networks * (k + d)) - plane.MergedSetUps, outcome.SetUpMessages);
            Assert.Equal((n + 49) / 50, plane.Networks);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Batches_end_when_and_as_single_messages_do(int n, int h, int k, int d, int g, int r)
    {
        ControlShape shape = Shape(n, h, k, d, g, r);
        foreach (int partitions in (int[])[1, 3, 30])
        {
            foreach ((long send, long apply, long link) in ((long, long, long)[])[(4_566, 12_987, 50_000), (1_000, 10, 1), (3, 70_001, 500), (77, 78, 0)])
            {
                ControlCosts costs = new() { Send = SimTime.FromNanoseconds(send), Apply = SimTime.FromNanoseconds(apply), Link = SimTime.FromNanoseconds(link) };
                foreach (ControlPlane plane in (ControlPlane[])[new FullMesh(shape with { Partitions = partitions }), new Evpn(shape with { Partitions = partitions })])
                {
                    ControlOutcome single = ControlRun.Execute(plane, costs, Unlimited, default);
                    ControlOutcome batched = ControlRun.Execute(plane, costs, 0, default);
                    Assert.True(single.OneByOne && !batched.OneByOne);
                    Assert.Equal(single with { OneByOne = false }, batched);
                }
            }
        }
    }

    [Fact]
    public void Time_of_the_full_mesh_is_what_the_slowest_part_makes_it()
    {
        // One partition, 20 hosts, 300 endpoints: 6 000 sends of 5 us; the last host applies the last message 1 us after it came.
        ControlCosts costs = new() { Send = SimTime.FromMicroseconds(5), Apply = SimTime.FromMicroseconds(1), Link = SimTime.FromMicroseconds(10) };
        ControlOutcome bySender = Run(new FullMesh(new ControlShape(300, 20) { Partitions = 1 }), costs);
        Assert.Equal(SimTime.FromMicroseconds((6_000 * 5) + 10 + 1), bySender.LastApplied);
        // A partition a host: hosts that take 50 us for each of 300 rows, the first of which comes after 15 us.
        ControlOutcome byHosts = Run(new FullMesh(new ControlShape(300, 20) { Partitions = 20 }), costs with { Apply = SimTime.FromMicroseconds(50) });
        Assert.Equal(SimTime.FromMicroseconds(15 + (300 * 50)), byHosts.LastApplied);
    }

    [Fact]
    public void More_hosts_do_not_slow_Mizar_and_do_slow_the_full_mesh()
    {
        static double Time(ControlPlane plane) => Run(plane).LastApplied.Picoseconds;
        ControlShape few = new(2_000, 200), many = new(2_000, 2_000);
        Assert.InRange(Time(new FullMesh(many)) / Time(new FullMesh(few)), 8, 11);
        Assert.InRange(Time(new MizarManagement(many, DataPlaneSettings.Mizar)) / Time(new MizarManagement(few, DataPlaneSettings.Mizar)), 0.3, 1.1);
    }

    private static ControlShape Shape(int n, int h, int k, int d, int g, int r) => new(n, h) { Bouncers = k, Dividers = d, Gateways = g, Reflectors = r };

    private static ControlOutcome Run(ControlPlane plane, ControlCosts? costs = null) => ControlRun.Execute(plane, costs ?? new ControlCosts(), Unlimited, default);
}
