using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>What tables take, and that settings make room for what the lab promises.</summary>
public sealed class MemoryTests
{
    [RootFact]
    public void FixedTablesStayBelowTheirLimitAndAnEndpointTakesItsRows()
    {
        BpfMemory memory = BpfMemory.Measure(Dialect.Lab, "000000a1");
        Assert.InRange(memory.FixedBytes, 1 << 20, BpfMemory.FixedLimit);
        Assert.Equal(memory.FixedBytes, memory.Maps.Sum(map => map.Bytes));
        Assert.Equal(memory.Maps.Count, memory.Maps.Select(map => map.Name).Distinct().Count());
        Assert.InRange(memory.EndpointBytes, 0, 256);
        Assert.InRange(memory.LocalEndpointBytes, 0, 512); // an agent's row is among the fixed
    }

    /// <summary>A million endpoints at a bouncer, slots for 65 536 of its own, in both data planes.</summary>
    [RootFact]
    public void SettingsMakeRoomForAMillionEndpoints()
    {
        const int endpoints = 1_000_000, slots = 65_537;
        DropletId droplet = new(0);
        BpfOptions options = new()
        {
            Settings = DataPlaneSettings.Lab,
            Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem("endpoints", endpoints).SetItem("slots", slots).SetItem("agents", slots),
        };
        using BpfDataPlane bpf = new(1, "000000a2", options);
        bpf.Execute(() =>
        {
            // As far apart as they come, so that neither table has an easy time.
            for (uint i = 0; i < endpoints; i += 7)
            {
                bpf.Put(droplet, Tables.Endpoints, new EndpointKey(new Vni(i % 50), new Ipv4Address(0x0A000000 + i)), new EndpointValue(EndpointType.Gateway, default, -1, new MacAddress(i)));
            }
            Assert.Equal((endpoints + 6) / 7, bpf.Rows(droplet, Tables.Endpoints).Count);
            bpf.Put(droplet, Tables.Slots, slots - 1, PortId.Nic);
            Assert.Equal(slots - 1, Assert.Single(bpf.Rows(droplet, Tables.Slots)).Key);
        });
        ModelDataPlane model = new(1, DataPlaneSettings.Lab, TableSizes.Lab with { Slots = slots });
        model.Put(droplet, Tables.Slots, slots - 1, PortId.Nic);
        Assert.Equal(slots - 1, Assert.Single(model.Rows(droplet, Tables.Slots)).Key);
    }

    /// <summary>A table has one size, in the model and in the programs, of either dialect.</summary>
    [RootFact]
    public void ModelAndProgramsHaveTheSameSizes()
    {
        foreach (Dialect dialect in Enum.GetValues<Dialect>())
        {
            using BpfDroplet droplet = BpfDroplet.Load(new BpfOptions { Settings = DataPlaneSettings.Of(dialect) }, _ => 1);
            SortedDictionary<string, uint> maps = new(droplet.Maps().ToDictionary(map => map.Name, map => map.Entries), StringComparer.Ordinal);
            TableSizes sizes = TableSizes.Of(dialect);
            Assert.Equal(
                [sizes.Networks, sizes.Vpcs],
                ((string[])["networks", "vpcs"]).Select(name => (int)maps[name]));

            Assert.Equal((uint)sizes.ServicePorts, FlatSizes.RowsOf(FlatSizes.ServicePorts, droplet.Options));
            Assert.True(maps[FlatSizes.ServicePorts] * 2 >= sizes.ServicePorts);

            // Learned tables have at least twice the rows asked for, and less than four times.
            foreach ((string name, int rows) in ((string, int)[])[("direct_path", sizes.DirectPath), ("nat", 2 * sizes.Nat), ("connections", sizes.Connections), ("translations", sizes.Translations)])
            {
                Assert.InRange((int)maps[name], 2 * rows, (4 * rows) - 1);
            }
        }
    }

    /// <summary>A frame for an endpoint behind a slot no byte holds.</summary>
    [RootFact]
    public void ASlotBeyondAByteIsDeliveredTo()
    {
        using BpfDataPlane bpf = new(1, "000000a3", new BpfOptions { Settings = DataPlaneSettings.Lab with { On = Switches.None } });
        ModelDataPlane model = new(1, DataPlaneSettings.Lab with { On = Switches.None });
        foreach (IDataPlane plane in (IDataPlane[])[model, bpf])
        {
            BpfWorld.Write(plane);
            plane.Put(BpfWorld.Droplet, Tables.Slots, 4_000, new PortId(1));
            plane.Put(BpfWorld.Droplet, Tables.Endpoints, new EndpointKey(BpfWorld.Vpc, BpfWorld.Hosted), new EndpointValue(EndpointType.Simple, new AddressList(BpfWorld.Nic), 4_000, BpfWorld.HostedMac));
            Frame frame = Frame.FromBytes(BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted)));
            Assert.Equal(new ProgramResult(Verdict.Redirect, Reason.Delivered, Devmap.Transit, 4_000), plane.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame));
        }
    }
}
