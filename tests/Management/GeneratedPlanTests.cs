using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Management;

/// <summary>A generated topology against the same topology written out: one way of making rows, whoever holds the endpoints.</summary>
public sealed class GeneratedPlanTests
{
    public static TheoryData<int, int, int, int, int, int> Shapes => new()
    {
        // droplets, endpoints, endpoints a network, networks a VPC, bouncers, dividers
        { 1, 1, 1, 1, 1, 1 },
        { 1, 9, 4, 2, 1, 1 },
        { 7, 60, 5, 3, 2, 2 },
        { 10, 95, 30, 4, 3, 1 },
        { 13, 40, 40, 1, 4, 4 },
        { 16, 128, 17, 2, 16, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ItsRowsAreThoseOfTheTopologyWrittenOut(int droplets, int endpoints, int perNetwork, int perVpc, int bouncers, int dividers)
    {
        GeneratedTopology topology = new(Shape(droplets, endpoints, perNetwork, perVpc, bouncers, dividers));
        foreach (DataPlaneSettings settings in new[] { DataPlaneSettings.Mizar, DataPlaneSettings.Lab })
        {
            GeneratedPlan plan = new(topology, settings);
            Topology whole = topology.WriteOut();
            Plan written = Plan.Create(TestTopology.Scenario() with { Topology = whole, Settings = settings });
            ModelDataPlane expected = new(droplets, settings);
            written.WriteInitial(expected);
            Assert.Equal(Dump(whole, expected), Dump(whole, plan.Build()));
            Assert.Equal(Dump(whole, expected), Dump(whole, plan.Build(threads: 3)));

            // Row by row too, for writers that are told no peers in one go.
            ModelDataPlane slow = new(droplets, settings);
            for (int d = 0; d < droplets; d++)
            {
                plan.Write(new DropletId(d), new RowByRow(slow));
            }
            Assert.Equal(Dump(whole, expected), Dump(whole, slow));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryEndpointIsFoundFromEverySide(int droplets, int endpoints, int perNetwork, int perVpc, int bouncers, int dividers)
    {
        GeneratedTopology topology = new(Shape(droplets, endpoints, perNetwork, perVpc, bouncers, dividers));
        GeneratedPlan plan = new(topology, DataPlaneSettings.Lab);
        Plan written = Plan.Create(TestTopology.Scenario() with { Topology = topology.WriteOut() });
        int hosted = 0;
        for (int d = 0; d < droplets; d++)
        {
            DropletId droplet = new(d);
            for (int i = 0; i < topology.HostedOn(droplet); i++, hosted++)
            {
                EndpointId id = topology.HostedAt(droplet, i);
                Assert.Equal(droplet, topology.HostOf(id));
                Assert.Equal(written.PortOf(id, droplet).Value, plan.AgentOf(id).Value);
                Assert.Equal(id, plan.EndpointAt(droplet, written.PortOf(id, droplet)));
            }
            Assert.Null(plan.EndpointAt(droplet, new PortId(topology.HostedOn(droplet) + 1)));
        }
        Assert.Equal(endpoints, hosted);
        int members = 0;
        for (int n = 0; n < topology.Shape.Networks; n++)
        {
            NetworkId network = new(n);
            for (int i = 0; i < topology.MembersOf(network); i++, members++)
            {
                EndpointId id = topology.MemberAt(network, i);
                Assert.Equal(network, topology.NetworkOf(id));
                Assert.True(topology.Roles[network].Cidr.Contains(topology.AddressOf(id)));
                Assert.True(topology.Roles[topology.VpcOf(id)].Cidr.Contains(topology.AddressOf(id)));
                Assert.NotEqual(topology.Roles[network].Gateway, topology.AddressOf(id));
            }
        }
        Assert.Equal(endpoints, members);
    }

    [Fact]
    public void LoadAndRolesAreSpreadEvenly()
    {
        GeneratedTopology topology = new(new GeneratedShape(Droplets: 1_000, Endpoints: 100_000));
        int[] roles = new int[1_000];
        foreach (Network network in topology.Roles.Networks)
        {
            Assert.Equal(2, network.Bouncers.Distinct().Count());
            foreach (DropletId bouncer in network.Bouncers)
            {
                roles[bouncer.Index]++;
            }
        }
        Assert.Equal((0, 1), (roles.Min(), roles.Max()));
        Assert.All(Enumerable.Range(0, 1_000), d => Assert.Equal(100, topology.HostedOn(new DropletId(d))));
        Assert.Equal(250, Enumerable.Range(0, 250).Select(i => topology.HostOf(topology.MemberAt(new NetworkId(5), i))).Distinct().Count());
    }

    [Theory]
    [InlineData(0, 1, 1, 1, 1, 1)]
    [InlineData(2, 1, 1, 1, 3, 1)]
    [InlineData(200, 1, 1, 1, 1, 129)]
    [InlineData(10, 10, 1 << 20, 1 << 10, 1, 1)]
    public void WhatCannotBeIsRefused(int droplets, int endpoints, int perNetwork, int perVpc, int bouncers, int dividers) =>
        Assert.ThrowsAny<ArgumentException>(() => new GeneratedTopology(Shape(droplets, endpoints, perNetwork, perVpc, bouncers, dividers)));

    private static GeneratedShape Shape(int droplets, int endpoints, int perNetwork, int perVpc, int bouncers, int dividers) => new(droplets, endpoints)
    {
        EndpointsPerNetwork = perNetwork,
        NetworksPerVpc = perVpc,
        BouncersPerNetwork = bouncers,
        DividersPerVpc = dividers,
    };

    private static string Dump(Topology topology, ITableReader reader) => string.Join(
        '\n',
        TableDumper.Dump(topology, reader).Concat(Own(topology, reader)).Select(d => $"{d.Droplet.Index} {d.Table}\n{string.Join('\n', d.Rows)}"));

    private static IEnumerable<TableDump> Own(Topology topology, ITableReader reader)
    {
        for (int d = 0; d < topology.Droplets.Length; d++)
        {
            yield return TableDumper.Of(reader, new DropletId(d), Tables.Interface);
            yield return TableDumper.Of(reader, new DropletId(d), Tables.Slots);
            yield return TableDumper.Of(reader, new DropletId(d), Tables.AgentSlots);
        }
    }

    private sealed class RowByRow(ITableWriter inner) : ITableWriter
    {
        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => inner.Put(droplet, table, in key, in value);

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => inner.Delete(droplet, table, in key);
    }
}
