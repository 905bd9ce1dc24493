using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using static MizarLab.Tests.Management.TestTopology;

namespace MizarLab.Tests.Management;

public sealed class PlanTests
{
    [Fact]
    public void A_bouncer_knows_its_endpoints_their_hosts_the_gateway_and_the_dividers()
    {
        ImmutableArray<string> rows = InitialRows(new DropletId(2));
        AssertRows(
            [
                "agent_slots 0 = nic",
                "endpoints 0/172.17.0.2 = substrate 02:42:ac:11:00:02 remotes [] slot -1",
                "endpoints 0/172.17.0.3 = substrate 02:42:ac:11:00:03 remotes [] slot -1",
                "endpoints 0/172.17.0.6 = substrate 02:42:ac:11:00:06 remotes [] slot -1",
                "endpoints 3/10.0.0.1 = gateway a5:5b:00:00:00:01 remotes [172.17.0.4] slot -1",
                "endpoints 3/10.0.0.2 = simple 6a:00:0a:00:00:02 remotes [172.17.0.2] slot -1",
                "endpoints 3/10.0.0.3 = simple 6a:00:0a:00:00:03 remotes [172.17.0.3] slot -1",
                "interface 0 = slot 0 172.17.0.4 02:42:ac:11:00:04",
                "slots 0 = nic",
                "vpcs 3 = [172.17.0.6]",
            ],
            rows);
    }

    [Fact]
    public void A_host_knows_only_its_own_endpoints_and_their_bouncers()
    {
        ImmutableArray<string> rows = InitialRows(new DropletId(0));
        AssertRows(
            [
                "agent_slots 0 = nic",
                "agent_substrate 1:0/172.17.0.4 = 02:42:ac:11:00:04",
                "agents 1 = 172.17.0.2 02:42:ac:11:00:02 endpoint 3/10.0.0.2 bouncers [172.17.0.4]",
                "endpoints 3/10.0.0.2 = simple 6a:00:0a:00:00:02 remotes [172.17.0.2] slot 1",
                "interface 0 = slot 0 172.17.0.2 02:42:ac:11:00:02",
                "slots 0 = nic",
                "slots 1 = port 1",
            ],
            rows);
    }

    [Fact]
    public void A_step_that_changes_no_role_sends_nothing()
    {
        Plan plan = Plan.Create(Scenario(new WaitStep(MizarLab.Engine.SimTime.Zero) { Name = "w", Where = Nowhere }));
        Assert.Empty(Assert.Single(plan.StepUpdates));
    }

    [Fact]
    public void A_new_bouncer_is_whole_before_dividers_and_agents_use_it_in_the_safe_order()
    {
        List<string> sent = Sent(ProgrammingOrder.Safe, AddBouncer);
        int lastEndpoint = sent.FindLastIndex(u => u.StartsWith("d5 put endpoints 3/", StringComparison.Ordinal));
        int divider = sent.FindIndex(u => u.StartsWith("d4 put networks", StringComparison.Ordinal));
        int agent = sent.FindIndex(u => u.Contains("put agents", StringComparison.Ordinal));
        Assert.True(lastEndpoint >= 0 && lastEndpoint < divider && divider < agent, string.Join('\n', sent));
        Assert.True(sent.FindIndex(u => u.StartsWith("d5 put vpcs", StringComparison.Ordinal)) < divider);
    }

    [Fact]
    public void Upstream_hashes_to_a_new_bouncer_before_it_knows_an_endpoint()
    {
        List<string> sent = Sent(ProgrammingOrder.Upstream, AddBouncer);
        int firstEndpoint = sent.FindIndex(u => u.StartsWith("d5 put endpoints 3/", StringComparison.Ordinal));
        Assert.True(sent.FindIndex(u => u.StartsWith("d4 put networks", StringComparison.Ordinal)) < firstEndpoint, string.Join('\n', sent));
    }

    [Fact]
    public void A_new_divider_knows_its_networks_first_in_the_safe_order_and_last_in_upstreams()
    {
        Step add = new AddDividerStep(new VpcId(0), new DropletId(5)) { Name = "d", Where = Nowhere };
        foreach ((ProgrammingOrder order, bool networksFirst) in new[] { (ProgrammingOrder.Safe, true), (ProgrammingOrder.Upstream, false) })
        {
            List<string> sent = Sent(order, add);
            int networks = sent.FindLastIndex(u => u.StartsWith("d5 put networks", StringComparison.Ordinal));
            int vpcs = sent.FindIndex(u => u.StartsWith("d2 put vpcs", StringComparison.Ordinal));
            Assert.Equal(networksFirst, networks < vpcs);
        }
    }

    [Fact]
    public void Upstream_leaves_a_removed_divider_in_the_bouncers_lists()
    {
        Step[] steps =
        [
            new AddDividerStep(new VpcId(0), new DropletId(5)) { Name = "add", Where = Nowhere },
            new RemoveDividerStep(new VpcId(0), new DropletId(5)) { Name = "remove", Where = Nowhere },
        ];
        Assert.Contains("d2 put vpcs 3 = [172.17.0.6]", Sent(ProgrammingOrder.Safe, steps));
        Assert.DoesNotContain("d2 put vpcs 3 = [172.17.0.6]", Sent(ProgrammingOrder.Upstream, steps));
    }

    [Theory]
    [InlineData(ProgrammingOrder.Safe)]
    [InlineData(ProgrammingOrder.Upstream)]
    public void Deleting_an_endpoint_keeps_the_substrate_entries_others_need(ProgrammingOrder order)
    {
        // b and c share droplet 1; bouncer 2 needs its MAC for b only, bouncer 3 for c only.
        List<string> sent = Sent(order, new DeleteEndpointStep(new EndpointId(1)) { Name = "x", Where = Nowhere });
        Assert.Contains("d2 delete endpoints 3/10.0.0.3", sent);
        Assert.Contains("d2 delete endpoints 0/172.17.0.3", sent);
        Assert.DoesNotContain(sent, u => u.StartsWith("d3", StringComparison.Ordinal));
        Assert.Contains("d1 delete agents 1", sent);
    }

    [Theory]
    [InlineData(ProgrammingOrder.Safe)]
    [InlineData(ProgrammingOrder.Upstream)]
    public void Updates_lead_to_the_rows_of_a_plan_that_began_there(ProgrammingOrder order)
    {
        Step[] steps =
        [
            new CreateEndpointStep(new EndpointId(3)) { Name = "create", Where = Nowhere },
            AddBouncer,
            new AddDividerStep(new VpcId(0), new DropletId(5)) { Name = "d", Where = Nowhere },
            new MoveEndpointStep(new EndpointId(0), new DropletId(1)) { Name = "m", Where = Nowhere },
            new DeleteEndpointStep(new EndpointId(2)) { Name = "x", Where = Nowhere },
        ];
        Plan plan = Plan.Create(Scenario(steps) with { Order = order });
        RowStore stepped = new();
        plan.WriteInitial(stepped);
        foreach (TableUpdate update in plan.StepUpdates.SelectMany(u => u))
        {
            update.ApplyTo(stepped);
        }

        RoleState end = steps.Aggregate(RoleState.Initial(plan.Topology), (state, step) => state.After(step));
        Topology there = plan.Topology with
        {
            Vpcs = [.. plan.Topology.Vpcs.Select((v, i) => v with { Dividers = end.Dividers[i] })],
            Networks = [.. plan.Topology.Networks.Select((n, i) => n with { Bouncers = end.Bouncers[i] })],
        };
        // Ports depend on history, so only the rows of droplets whose ports did not change are held against a fresh plan.
        RowStore fresh = new();
        Plan.Create(plan.Scenario with
        {
            Topology = there with { Endpoints = [.. there.Endpoints.Select((e, i) => e with { Initially = end.HostOf[i] is not null, Droplet = end.HostOf[i] ?? e.Droplet })] },
            Timeline = [],
        }).WriteInitial(fresh);
        foreach (int droplet in new[] { 2, 3, 4, 5 })
        {
            Assert.Equal(string.Join('\n', fresh.Of(new DropletId(droplet))), string.Join('\n', stepped.Of(new DropletId(droplet))));
        }
    }

    private static void AssertRows(string[] expected, ImmutableArray<string> rows) => Assert.Equal(string.Join('\n', expected), string.Join('\n', rows));

    private static Step AddBouncer => new AddBouncerStep(new NetworkId(0), new DropletId(5)) { Name = "b", Where = Nowhere };

    private static ImmutableArray<string> InitialRows(DropletId droplet)
    {
        RowStore store = new();
        Plan.Create(Scenario()).WriteInitial(store);
        return store.Of(droplet);
    }

    private static List<string> Sent(ProgrammingOrder order, params Step[] steps) =>
        [.. Plan.Create(Scenario(steps) with { Order = order }).StepUpdates.Last().Select(u => $"d{u.Droplet.Index} {u.ToText()}")];

    private sealed class RowStore : ITableWriter
    {
        private readonly SortedDictionary<string, string> rows = new(StringComparer.Ordinal);

        public ImmutableArray<string> Of(DropletId droplet) =>
            [.. rows.Where(r => r.Key.StartsWith($"{droplet.Index}|", StringComparison.Ordinal)).Select(r => $"{r.Key[(r.Key.IndexOf('|') + 1)..]} = {r.Value}")];

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => rows[Name(droplet, table, key)] = TableText.Value(value);

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => Assert.True(rows.Remove(Name(droplet, table, key)));

        private static string Name<TKey>(DropletId droplet, ITable table, TKey key)
            where TKey : struct => $"{droplet.Index}|{table.Name} {TableText.Key(key)}";
    }
}
