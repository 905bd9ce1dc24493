using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;
using static MizarLab.Tests.Management.TestTopology;

namespace MizarLab.Tests.Management;

/// <summary>The rows of services, policies, labels, peers and health, and the order in which they are sent.</summary>
public sealed class NounRowTests
{
    private static readonly LabelSet Web = new([KeyValuePair.Create("app", "web")]);

    [Fact]
    public void A_services_backends_are_those_that_exist()
    {
        Service service = new("s", new NetworkId(0), Ipv4Address.Parse("10.0.0.9"), MacAddress.Parse("02:5b:00:00:00:09"), [new ServicePort(80, IpProtocol.Tcp, 8080)], [new EndpointId(1), new EndpointId(3)]);
        Scenario scenario = With(t => t with { Services = [service] }, DataPlaneSettings.Mizar, new CreateEndpointStep(new EndpointId(3)) { Name = "later", Where = Nowhere });
        Plan plan = Plan.Create(scenario);
        Assert.Contains("d2 put endpoints 3/10.0.0.9 = scaled 02:5b:00:00:00:09 remotes [10.0.0.3, 10.0.20.3] slot -1", Sent(plan));
    }

    [Fact]
    public void A_policy_that_goes_leaves_the_others_their_bits()
    {
        Policy first = new("first", new VpcId(0), new PolicySubject([new EndpointId(0)], LabelSet.Empty, LabelSet.Empty), [Rule("10.0.1.0/24")], default, true);
        Policy second = first with { Name = "second", Ingress = [Rule("10.0.2.0/24")] };
        Scenario scenario = With(t => t with { Policies = [first, second] }, DataPlaneSettings.Lab, new DeletePolicyStep(new PolicyId(0)) { Name = "x", Where = Nowhere });
        string[] sent = Sent(Plan.Create(scenario));
        Assert.Contains("d0 delete policy_cidrs ingress 3/10.0.0.2 primary 10.0.1.0/24", sent);
        Assert.DoesNotContain(sent, u => u.Contains("10.0.2.0/24", StringComparison.Ordinal));
        Assert.DoesNotContain(sent, u => u.Contains("policy_enforced", StringComparison.Ordinal));
    }

    [Fact]
    public void A_longer_prefix_has_the_elements_of_those_around_it()
    {
        Policy wide = new("wide", new VpcId(0), new PolicySubject([new EndpointId(0)], LabelSet.Empty, LabelSet.Empty), [Rule("10.0.0.0/8"), Rule("10.0.1.0/24")], default, true);
        RecordingWriter rows = Initial(With(t => t with { Policies = [wide] }, DataPlaneSettings.Lab));
        Assert.Equal(PolicyBits.Of(0), rows.Cidrs["10.0.0.0/8"]);
        Assert.Equal(PolicyBits.Of(0) | PolicyBits.Of(1), rows.Cidrs["10.0.1.0/24"]);
    }

    [Theory]
    [InlineData(true, "3/10.0.0.2 pod 1/0")]
    [InlineData(false, "3/0.0.0.0 pod 1/0")]
    public void Rows_of_labels_have_the_endpoint_where_the_switch_says_so(bool on, string key)
    {
        Policy policy = new("p", new VpcId(0), new PolicySubject([new EndpointId(0)], LabelSet.Empty, LabelSet.Empty), [new PolicyRule([new LabelPeer(Web, null)], [])], default, true);
        RecordingWriter rows = Initial(With(
            t => t with { Policies = [policy], Endpoints = t.Endpoints.SetItem(1, t.Endpoints[1] with { Labels = new EndpointLabels(Web, null) }) },
            DataPlaneSettings.Lab.With(Switches.LabelsPerEndpoint, on)));
        Assert.Equal([key], rows.Labels);
    }

    [Fact]
    public void A_droplet_that_is_down_leaves_the_lists_unless_it_is_all_there_is()
    {
        Scenario alone = With(t => t, DataPlaneSettings.Lab, new MarkUnhealthyStep(new DropletId(2)) { Name = "down", Where = Nowhere });
        string[] sent = Sent(Plan.Create(alone));
        Assert.Contains("d0 put peers 172.17.0.4 = unhealthy", sent);
        Assert.DoesNotContain(sent, u => u.Contains("put networks", StringComparison.Ordinal) || u.Contains("put agents", StringComparison.Ordinal));
        Scenario two = With(
            t => t with { Networks = t.Networks.SetItem(0, t.Networks[0] with { Bouncers = [new DropletId(2), new DropletId(5)] }) }, DataPlaneSettings.Lab,
            new MarkUnhealthyStep(new DropletId(2)) { Name = "down", Where = Nowhere });
        Assert.Contains("d4 put networks 3/10.0.0.0/24 = [172.17.0.7]", Sent(Plan.Create(two)));
        Assert.Empty(Sent(Plan.Create(two with { Settings = DataPlaneSettings.Mizar })));
    }

    private static PolicyRule Rule(string cidr) => new([new CidrPeer(Prefix(cidr), [])], []);

    private static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new FormatException(text);

    private static Scenario With(Func<Topology, Topology> change, DataPlaneSettings settings, params Step[] steps) =>
        Scenario(steps) with { Topology = change(TwoNetworks()), Settings = settings };

    private static string[] Sent(Plan plan) => [.. plan.StepUpdates.SelectMany(u => u).Select(u => $"d{u.Droplet.Index} {u.ToText()}")];

    private static RecordingWriter Initial(Scenario scenario)
    {
        RecordingWriter writer = new();
        Plan.Create(scenario).WriteInitial(writer);
        return writer;
    }

    private sealed class RecordingWriter : ITableWriter
    {
        public SortedDictionary<string, PolicyBits> Cidrs { get; } = new(StringComparer.Ordinal);

        public List<string> Labels { get; } = [];

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (key is PolicyCidrKey cidr && value is PolicyBits bits)
            {
                Cidrs[cidr.Remote.ToString()] = bits;
            }
            else if (key is PolicyLabelKey)
            {
                Labels.Add(TableText.Key(key));
            }
        }

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => throw new InvalidOperationException("nothing is deleted at the start");
    }
}
