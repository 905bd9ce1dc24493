using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

public sealed class FabricFailureTests
{
    private const int Flows = 400;

    private static readonly FabricSwitch Spine0 = new(SwitchTier.Top, 0);

    [Fact]
    public void Flows_of_a_failed_spine_take_others_and_no_other_flow_moves()
    {
        FabricNet net = new(FabricShape.LeafSpine(2, 4), 2);
        int[] before = Spines(net);
        net.Fabric.Fail(net.Fabric.LinksOf(Spine0), net.Now);
        int[] without = Spines(net);
        Assert.Equal(0, net.Lost);
        Assert.DoesNotContain(0, without);
        Assert.All(Enumerable.Range(0, Flows).Where(i => before[i] != 0), i => Assert.Equal(before[i], without[i]));
        Assert.Equal(3, Enumerable.Range(0, Flows).Where(i => before[i] == 0).Select(i => without[i]).Distinct().Count());
        net.Fabric.Restore(net.Fabric.LinksOf(Spine0));
        Assert.Equal(before, Spines(net));
    }

    [Fact]
    public void A_link_that_is_missing_at_the_other_end_is_avoided_too()
    {
        FabricNet net = new(FabricShape.LeafSpine(3, 2), 3);
        net.Fabric.Fail(net.Fabric.LinksBetween(new FabricSwitch(SwitchTier.Edge, 1), Spine0), net.Now);
        Assert.All(Spines(net), spine => Assert.Equal(1, spine));
        Assert.Equal(0, net.Lost);
        // Towards the third leaf the first spine is as good as ever.
        Assert.Equal([0, 1], Spines(net, to: 2).Distinct().Order());
    }

    [Fact]
    public void In_a_fat_tree_only_ways_that_lead_there_are_taken()
    {
        FabricNet net = new(FabricShape.FatTree(4), 16);
        // In the far pod aggregation 0 is cut off from the destination's edge, and of the cores of aggregation 1 one fails.
        net.Fabric.Fail(net.Fabric.LinksBetween(new FabricSwitch(SwitchTier.Edge, 7), new FabricSwitch(SwitchTier.Aggregation, 6)), net.Now);
        net.Fabric.Fail(net.Fabric.LinksOf(new FabricSwitch(SwitchTier.Top, 2)), net.Now);
        for (uint i = 0; i < Flows; i++)
        {
            net.Send(0, 15, Mixed(i));
        }
        net.Run();
        Assert.Equal((Flows, 0), (net.ArrivedAt(15).Count, net.Lost));
        Assert.Equal([3], net.Fabric.Links.Where(l => l.Tier == 2 && l.IsUp && l.Frames > 0).Select(l => l.Upper!.Value.Number).Distinct());
    }

    [Fact]
    public void Until_switches_have_learned_of_it_frames_are_lost_at_a_failure()
    {
        SimTime learned = SimTime.FromMilliseconds(5);
        FabricNet net = new(FabricShape.LeafSpine(2, 2), 2, convergence: learned);
        int there = Spines(net).Count(spine => spine == 0);
        SimTime failed = net.Now;
        net.Fabric.Fail(net.Fabric.LinksOf(Spine0), failed);
        Assert.Equal(Flows - there, Spines(net).Count(spine => spine >= 0));
        Assert.Equal(there, net.LostFor(LossCause.LinkDown));
        Assert.True(net.Now < failed + learned);
        while (net.Now < failed + learned)
        {
            Spines(net);
        }
        long lost = net.Lost;
        Assert.All(Spines(net), spine => Assert.Equal(1, spine));
        Assert.Equal(lost, net.Lost);
    }

    [Fact]
    public void What_is_on_a_link_that_fails_is_lost_also_when_it_is_back_at_once()
    {
        FabricNet net = new(FabricShape.LeafSpine(2, 1), 2);
        net.Send(0, 1);
        net.Run(SimTime.FromNanoseconds(2_500)); // 1 us and 1 000 bytes to the leaf: now on the way up
        net.Fabric.Fail(net.Fabric.LinksOf(Spine0), net.Now);
        net.Fabric.Restore(net.Fabric.LinksOf(Spine0));
        net.Send(0, 1);
        net.Run();
        Assert.Equal(1, net.LostFor(LossCause.LinkDown));
        Assert.Single(net.ArrivedAt(1));
    }

    [Fact]
    public void A_link_held_down_by_two_failures_is_back_with_the_second()
    {
        FabricNet net = new(FabricShape.LeafSpine(2, 1), 2);
        net.Fabric.Fail(net.Fabric.LinksOf(Spine0), net.Now);
        net.Fabric.Fail(net.Fabric.LinksBetween(new FabricSwitch(SwitchTier.Edge, 0), Spine0), net.Now);
        net.Fabric.Restore(net.Fabric.LinksOf(Spine0));
        net.Send(0, 1);
        net.Run();
        Assert.Equal((0, 1), (net.ArrivedAt(1).Count, net.Lost));
        net.Fabric.Restore(net.Fabric.LinksBetween(Spine0, new FabricSwitch(SwitchTier.Edge, 0)));
        net.Send(0, 1);
        net.Run();
        Assert.Single(net.ArrivedAt(1));
    }

    /// <summary>Sends one frame of each flow from droplet 0, and says by which spine each arrived; -1: it did not.</summary>
    private static int[] Spines(FabricNet net, int to = 1)
    {
        int[] spines = new int[Flows];
        for (uint i = 0; i < Flows; i++)
        {
            int before = net.ArrivedAt(to).Count;
            long[] frames = [.. Up(net).Select(l => l.Frames)];
            net.Send(0, to, Mixed(i));
            net.Run(net.Now + SimTime.FromMicroseconds(10));
            spines[i] = net.ArrivedAt(to).Count > before ? Up(net).Select((l, n) => (l, n)).Single(p => p.l.Frames > frames[p.n]).l.Upper!.Value.Number : -1;
        }
        return spines;
    }

    private static IEnumerable<FabricPort> Up(FabricNet net) => net.Fabric.Links.Where(l => l.IsUp && l.Tier == 1 && l.Lower == new FabricSwitch(SwitchTier.Edge, 0));

    private static uint Mixed(uint flow) => flow * 2_654_435_761;
}
