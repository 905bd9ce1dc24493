using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Overlay;

namespace MizarLab.Tests.Fabric;

public sealed class SwitchedFabricTests
{
    private static readonly (FabricShape Shape, int Droplets)[] Fabrics =
    [
        (FabricShape.Star, 9), (FabricShape.LeafSpine(4, 3), 10), (FabricShape.LeafSpine(7, 1), 5), (FabricShape.FatTree(2), 2),
        (FabricShape.FatTree(4), 16), (FabricShape.FatTree(6), 23), (FabricShape.FatTree(8), 5),
    ];

    [Fact]
    public void Every_fabric_delivers_every_pair()
    {
        foreach ((FabricShape shape, int droplets) in Fabrics)
        {
            FabricNet net = new(shape, droplets);
            for (int from = 0; from < droplets; from++)
            {
                for (int to = 0; to < droplets; to++)
                {
                    if (from != to)
                    {
                        net.Send(from, to, flow: (uint)((from * 131) + to), sequence: from);
                    }
                }
            }
            net.Run();
            for (int to = 0; to < droplets; to++)
            {
                Assert.Equal(Enumerable.Range(0, droplets).Where(from => from != to), net.ArrivedAt(to).Select(a => a.Waybill.Source).Order());
            }
            Assert.Equal(0, net.Lost);
        }
    }

    [Theory]
    [InlineData(FabricKind.Star, 2)]
    [InlineData(FabricKind.LeafSpine, 4)]
    [InlineData(FabricKind.FatTree, 6)]
    public void A_train_of_frames_over_an_empty_way_is_pipelined(FabricKind kind, int links)
    {
        const int frames = 5, bytes = 1_500;
        FabricNet net = new(kind switch { FabricKind.LeafSpine => FabricShape.LeafSpine(2, 2), FabricKind.FatTree => FabricShape.FatTree(4), _ => FabricShape.Star }, 16);
        for (int i = 0; i < frames; i++)
        {
            net.Send(0, 15, bytes: bytes, sequence: i);
        }
        net.Run();
        SimTime frameTime = SimTime.FromNanoseconds(bytes);
        // The first takes k·(L/C + d); m frames over k links are through after (m + k − 1)·L/C + k·d.
        Assert.Equal(Times(links, frameTime + FabricNet.Delay), net.ArrivedAt(15)[0].Time);
        Assert.Equal(Times(frames + links - 1, frameTime) + Times(links, FabricNet.Delay), net.ArrivedAt(15)[^1].Time);
        Assert.All(net.ArrivedAt(15), a => Assert.Equal(links, a.Waybill.Hops));
        Assert.Equal(Enumerable.Range(0, frames), net.ArrivedAt(15).Select(a => a.Waybill.Sequence));
    }

    [Fact]
    public void Flows_spread_evenly_and_each_keeps_its_way()
    {
        const int flows = 8_000, spines = 8;
        FabricNet net = new(FabricShape.LeafSpine(2, spines), 2);
        RandomStream random = new(1, "flows");
        for (int i = 0; i < flows; i++)
        {
            uint flow = random.NextUInt32();
            net.Send(0, 1, flow);
            net.Send(0, 1, flow);
        }
        net.Run();
        long[] load = [.. net.Fabric.Links.Where(l => l.IsUp && l.Tier == 1 && l.Lower == new FabricSwitch(SwitchTier.Edge, 0)).Select(l => l.Frames)];
        Assert.Equal(spines, load.Length);
        // Two frames a flow: a standard deviation of each spine's flows is sqrt(8000·1/8·7/8) = 29.6.
        Assert.All(load, frames => Assert.InRange(frames / 2, 1_000 - 150, 1_000 + 150));
        Assert.All(load, frames => Assert.Equal(0, frames % 2));
    }

    [Fact]
    public void Tiers_choose_for_themselves_unless_they_share_a_hash()
    {
        Assert.Equal(16, CoresUsed(shared: false));
        // One hash: the edge's choice is the aggregation's, so that of each aggregation's four cores one has all it sends up.
        Assert.Equal(4, CoresUsed(shared: true));

        static int CoresUsed(bool shared)
        {
            FabricNet net = new(FabricShape.FatTree(8), 128, sharedSalt: shared);
            RandomStream random = new(2, "flows");
            for (int i = 0; i < 4_000; i++)
            {
                net.Send(0, 127, random.NextUInt32());
            }
            net.Run();
            return net.Fabric.Links.Where(l => l.IsUp && l.Tier == 2 && l.Frames > 0).Select(l => l.Upper!.Value.Number).Distinct().Count();
        }
    }

    [Fact]
    public void Links_are_counted_by_tier()
    {
        FabricNet net = new(FabricShape.FatTree(4), 16);
        net.Send(0, 15, bytes: 700);
        net.Run();
        Assert.Equal([2, 2, 2], net.Fabric.Map.Tiers.Select((_, tier) => net.Fabric.Links.Count(l => l.Tier == tier && l.Bytes == 700)));
    }

    [Fact]
    public void A_fabric_that_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new FabricMap(FabricShape.FatTree(4), 17));
        Assert.Throws<ArgumentException>(() => new FabricMap(FabricShape.FatTree(3), 2));
        Assert.Throws<ArgumentException>(() => new FabricMap(FabricShape.LeafSpine(0, 1), 2));
    }

    private static SimTime Times(int count, SimTime span) => new(count * span.Picoseconds);
}
