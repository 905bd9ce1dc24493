using System.Reflection;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests.Conformance;

namespace MizarLab.Tests.DataPlane;

/// <summary>The model's seams: tables, changes, dialects, allocation. What it does with frames is held by the vectors.</summary>
public sealed class ModelDataPlaneTests
{
    private static readonly DropletId Droplet = new(0);
    private static readonly EndpointKey Endpoint = new(new Vni(3), Ipv4Address.Parse("10.0.0.2"));
    private static readonly HostAddress Host = new(Ipv4Address.Parse("172.17.0.11"), MacAddress.Parse("02:42:ac:11:00:0b"));

    [Fact]
    public void Every_table_is_written_read_and_deleted()
    {
        Cycle(Tables.Interface, 0, new InterfaceConfig(3, Host.Address, Host.Mac));
        Cycle(Tables.Slots, 5, new PortId(5));
        Cycle(Tables.AgentSlots, 0, PortId.Nic);
        Cycle(Tables.Endpoints, Endpoint, new EndpointValue(EndpointType.Simple, new AddressList(Host.Address), -1, Host.Mac));
        Cycle(Tables.Networks, new NetworkKey(new Vni(3), new Ipv4Prefix(Endpoint.Address, 24)), new AddressList(Host.Address));
        Cycle(Tables.Vpcs, new Vni(3), new AddressList([Host.Address, Endpoint.Address]));
        Cycle(Tables.DirectPath, Endpoint, Host);
        Cycle(Tables.Agents, new AgentId(1), new AgentConfig(Host.Address, Host.Mac, Endpoint, new AddressList(Host.Address)));
        Cycle(Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), Endpoint), Host.Mac);
        Cycle(Tables.Stages, StageSlot.Drop, StageProgram.Drop);
        Cycle(Tables.ServicePorts, new ServicePortKey(Endpoint, 80, IpProtocol.Tcp), (ushort)8080);
        FlowKey flow = new(Endpoint.Address, Host.Address, 4000, 80, IpProtocol.Tcp);
        Cycle(Tables.ForwardNat, new NatKey(new Vni(3), flow), new NatValue(Endpoint.Address, Host.Address, 4000, 8080, Host.Mac, Host.Mac));
        Cycle(Tables.ReverseNat, new NatKey(new Vni(3), flow.Reversed), new NatValue(Host.Address, Endpoint.Address, 80, 4000, Host.Mac, Host.Mac));
        Cycle(Tables.Connections, new ConnectionKey(new Vni(3), flow), new ConnectionState(ConnectionFlags.Denied));
        PolicyScope scope = new(PolicyDirection.Ingress, Endpoint);
        Cycle(Tables.PolicyEnforced, scope, (byte)1);
        Cycle(Tables.PolicyPorts, new PolicyPortKey(scope, IpProtocol.Udp, 53), PolicyBits.Of(200));
        Cycle(Tables.PolicyCidrs, new PolicyCidrKey(scope, CidrKind.Except, new Ipv4Prefix(Endpoint.Address, 24)), PolicyBits.Of(1));
        Cycle(Tables.PolicyLabels, new PolicyLabelKey(LabelKind.Both, Endpoint, 1, 2), PolicyBits.Of(63));
        Cycle(Tables.Statistics, 0, new TransmitStatistics(1, 2, 3, 4, 5, 6, 7, 8));
        Cycle(Tables.Bandwidth, Host.Address, new BandwidthLimit(1_000, 0));
        Cycle(Tables.Peers, Host.Address, PeerState.Unhealthy);
    }

    [Fact]
    public void Tables_of_other_droplets_are_others()
    {
        ModelDataPlane model = new(2);
        model.Put(Droplet, Tables.DirectPath, Endpoint, Host);
        Assert.Empty(model.Rows(new DropletId(1), Tables.DirectPath));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Rows(new DropletId(2), Tables.DirectPath));
    }

    [Fact]
    public void A_table_it_does_not_have_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new ModelDataPlane(1).Rows(Droplet, new Table<int, int>("weather")));
        Assert.Contains("'weather'", refused.Message);
    }

    [Fact]
    public void Learning_is_reported_once_it_is_asked_for()
    {
        (ModelDataPlane model, Frame frame) = Prepared("host_decap_icmp");
        Frame again = frame;
        Frame third = frame;

        model.Run(Droplet, ProgramId.Transit, default, ref frame);
        Assert.Empty(model.TakeChanges());

        model.Delete(Droplet, Tables.DirectPath, Endpoint);
        model.ReportChanges = true;
        model.Run(Droplet, ProgramId.Transit, default, ref again);
        Assert.Equal([new TableChange("direct_path", "3/10.0.0.2", "172.17.0.11 02:42:ac:11:00:0b")], model.TakeChanges());

        // The same entry again is no change.
        model.Run(Droplet, ProgramId.Transit, default, ref third);
        Assert.Empty(model.TakeChanges());
    }

    [Fact]
    public void A_row_that_leaves_for_another_is_reported()
    {
        (ModelDataPlane model, Frame frame) = Prepared("host_decap_icmp", new TableSizes { DirectPath = 1 });
        EndpointKey other = Endpoint with { Vni = new Vni(77) };
        model.Put(Droplet, Tables.DirectPath, other, Host);
        model.ReportChanges = true;

        model.Run(Droplet, ProgramId.Transit, default, ref frame);

        Assert.Equal(
            [new TableChange("direct_path", "77/10.0.0.2", null), new TableChange("direct_path", "3/10.0.0.2", "172.17.0.11 02:42:ac:11:00:0b")],
            model.TakeChanges());
        Assert.Equal([KeyValuePair.Create(Endpoint, new CachedHost(Host))], model.Rows(Droplet, Tables.DirectPath));
    }

    /// <summary>The spec says "own MAC"; recorded frames with a wrong destination MAC, which need NAT caches, say whose.</summary>
    [Fact]
    public void A_divider_names_itself_as_the_frame_was_addressed()
    {
        (ModelDataPlane model, Frame frame) = Prepared("divider_fwd_icmp_to_bouncer");
        MacAddress addressed = MacAddress.Parse("02:00:00:00:be:ef");
        addressed.Write(frame.Head);

        ProgramResult result = model.Run(Droplet, ProgramId.Transit, default, ref frame);

        Assert.Equal(Reason.NetworkToBouncer, result.Reason);
        Assert.Equal(addressed, MacAddress.Read(frame.HeadView[6..]));
        Assert.Equal(addressed, MacAddress.Read(frame.HeadView[59..]));
    }

    /// <summary>Every vector: encapsulation, the tail call, each role, learning, ARP answers, every refusal.</summary>
    [Fact]
    public void A_run_allocates_nothing()
    {
        (ModelDataPlane Model, Vector Vector, Frame Frame)[] cases =
            [.. VectorFiles.Load(VectorFiles.Single).Vectors.Select(vector => (Load(vector, null), vector, Frame.FromBytes(vector.Run.FrameIn)))];

        // Twice: a packet that taught a droplet how it is translated takes another way the second time, and learns there too.
        RunAll(cases);
        RunAll(cases);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int runs = 0;
        while (runs < 10_000)
        {
            runs += RunAll(cases);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int RunAll((ModelDataPlane Model, Vector Vector, Frame Frame)[] cases)
    {
        foreach ((ModelDataPlane model, Vector vector, Frame pristine) in cases)
        {
            Frame frame = pristine;
            model.Run(Droplet, vector.Run.Program, new AgentId(1), ref frame);
        }
        return cases.Length;
    }

    private static (ModelDataPlane Model, Frame Frame) Prepared(string name, TableSizes? sizes = null)
    {
        Vector vector = VectorFiles.Load(VectorFiles.Single).Vectors.Single(vector => vector.Name == name);
        return (Load(vector, sizes), Frame.FromBytes(vector.Run.FrameIn));
    }

    private static ModelDataPlane Load(Vector vector, TableSizes? sizes)
    {
        ModelDataPlane model = new(1, DataPlaneSettings.Mizar, sizes);
        new StateLoader(model).Load(Droplet, vector.State);
        return model;
    }

    private static void Cycle<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        ModelDataPlane model = new(1);
        model.Put(Droplet, table, key, default);
        model.Put(Droplet, table, key, value);
        Assert.Equal([KeyValuePair.Create(key, value)], model.Rows(Droplet, table));
        model.Delete(Droplet, table, key);
        Assert.Empty(model.Rows(Droplet, table));
        model.Delete(Droplet, table, key);
    }
}
