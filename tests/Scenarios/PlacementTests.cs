using System.Collections.Immutable;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

public class PlacementTests
{
    [Fact]
    public void RoundRobinGoesOnFromListToList() =>
        Assert.Equal(["0 1", "2", "3 0 1"], Choose(PlacementStrategy.RoundRobin, 1, [0, 0, 0, 0], [2, 1, 3]));

    [Fact]
    public void SpreadTakesTheEmptiestAndNeverTwoOfOneList() =>
        Assert.Equal(["1 3", "1 3 2", "1"], Choose(PlacementStrategy.Spread, 1, [5, 0, 2, 0], [2, 3, 1]));

    [Fact]
    public void UpstreamsChoiceIsUniformAndMeetsItself()
    {
        const int Droplets = 8;
        const int Lists = 20_000;
        int[] hits = new int[Droplets];
        int met = 0;
        foreach (ImmutableArray<DropletId> list in Placement.Choose(PlacementStrategy.UpstreamRandom, 7, new int[Droplets], Enumerable.Repeat(2, Lists).ToArray()))
        {
            hits[list[0].Index]++;
            hits[list[1].Index]++;
            met += list[0] == list[1] ? 1 : 0;
        }
        // Two of a list meet with probability 1/8 (spec §4.2); five standard deviations either way.
        Assert.InRange(met, 2_500 - 234, 2_500 + 234);
        Assert.All(hits, h => Assert.InRange(h, 5_000 - 331, 5_000 + 331));
    }

    [Fact]
    public void TheSeedDecides()
    {
        string[] first = Choose(PlacementStrategy.UpstreamRandom, 1, new int[50], [20]);
        Assert.Equal(first, Choose(PlacementStrategy.UpstreamRandom, 1, new int[50], [20]));
        Assert.NotEqual(first, Choose(PlacementStrategy.UpstreamRandom, 2, new int[50], [20]));
        // Written down once: the same on every machine and in every version.
        Assert.Equal("28 37 48 22", string.Join(' ', first[0].Split(' ').Take(4)));
    }

    [Fact]
    public void WhatCannotBePlacedIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Placement.Choose(PlacementStrategy.Spread, 1, [0, 0], [3]));
        Assert.Throws<ArgumentException>(() => Placement.Choose(PlacementStrategy.RoundRobin, 1, [], [1]));
        Assert.Equal(["0 0 0"], Choose(PlacementStrategy.UpstreamRandom, 1, [0], [3]));
    }

    [Fact]
    public void AScenarioCountsNamedRolesAndEndpointsAsLoad()
    {
        Topology topology = Library.Load("placed_roles.yaml").Topology;
        Assert.Equal("d3 d4 | d5 d6 | left", string.Join(" | ", topology.Vpcs.Select(v => v.Dividers).Concat(topology.Networks.Select(n => n.Bouncers)).Select(l => string.Join(' ', l.Select(d => topology[d].Name)))));
    }

    [Fact]
    public void MoreThanThereAreIsAnErrorInTheFile()
    {
        string text = Library.Text("placed_roles.yaml").Replace("dividers: 2", "dividers: 7", StringComparison.Ordinal);
        Assert.Contains("7 droplets are wanted and there are 6", Assert.Single(Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("p.yaml", text)).Errors).Text);
    }

    private static string[] Choose(PlacementStrategy strategy, ulong seed, int[] load, int[] counts) =>
        [.. Placement.Choose(strategy, seed, load, counts).Select(l => string.Join(' ', l.Select(d => d.Index)))];
}
