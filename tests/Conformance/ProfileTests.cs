using System.Collections.Immutable;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Profiles;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Conformance;

/// <summary>Profiles: what is read from the file is what lies in the maps; what is wrong in the file is said with its place.</summary>
public sealed class ProfileTests
{
    private static readonly DropletId Droplet = new(0);

    private static string Upstream => Path.Combine(Repository.Root, "profiles", "upstream.profile.yaml");

    [Fact]
    public void BothShippedProfilesAreRead()
    {
        Profile upstream = ProfileReader.Load(Upstream, objects: null);
        Assert.Equal((Dialect.Mizar, ProfileEncoding.Described, true), (upstream.Dialect, upstream.Encoding, upstream.Find(ProgramRole.Agent)!.PerEndpoint));
        Profile ours = ProfileReader.Load(Path.Combine(Repository.Root, "profiles", "mizarlab.profile.yaml"), objects: null);
        Assert.Equal((Dialect.Lab, ProfileEncoding.Mizarlab), (ours.Dialect, ours.Encoding));
    }

    [Fact]
    public void AnEndpointIsUpstreams532Bytes()
    {
        EndpointKey key = new(new Vni(0x0102_0304_0506_0708), Ipv4Address.Parse("10.1.2.3"));
        EndpointValue value = new(EndpointType.Scaled, new AddressList([Ipv4Address.Parse("172.17.0.9"), Ipv4Address.Parse("172.17.0.10")]), -1, MacAddress.Parse("6a:01:02:03:04:05"));
        (byte[] k, byte[] v) = Encode(Tables.Endpoints, key, value);
        Assert.Equal("0807060504030201" + "0a010203", Convert.ToHexStringLower(k));
        Assert.Equal(532, v.Length);
        Assert.Equal("02000000" + "02000000" + "ac110009" + "ac11000a" + "00000000", Convert.ToHexStringLower(v, 0, 20));
        Assert.Equal("ffffffff" + "6a0102030405" + "0000", Convert.ToHexStringLower(v, 520, 12));
        Assert.All(v[20..520], b => Assert.Equal(0, b));
    }

    [Fact]
    public void APrefixCountsTheBitsInFrontOfIt()
    {
        (byte[] k, byte[] v) = Encode(Tables.Networks, new NetworkKey(new Vni(7), new Ipv4Prefix(Ipv4Address.Parse("10.0.20.0"), 24)), new NetworkValue(new AddressList(Ipv4Address.Parse("172.17.0.2"))));
        Assert.Equal("58000000" + "0700000000000000" + "0a001400", Convert.ToHexStringLower(k)); // 64 + 24 = 0x58
        Assert.Equal("18000000" + "0700000000000000" + "0a001400" + "01000000" + "ac110002", Convert.ToHexStringLower(v, 0, 24));
    }

    [Fact]
    public void ATuplesPortsAreInNetworkOrder()
    {
        FlowKey flow = new(Ipv4Address.Parse("10.0.0.1"), Ipv4Address.Parse("10.0.0.2"), 0x1234, 80, IpProtocol.Udp);
        (byte[] k, byte[] v) = Encode(Tables.Connections, new ConnectionKey(new Vni(3), flow), new ConnectionState(ConnectionFlags.Denied | ConnectionFlags.Reevaluate));
        Assert.Equal("0300000000000000" + "0a000001" + "0a000002" + "1234" + "0050" + "11", Convert.ToHexStringLower(k));
        Assert.Equal("05", Convert.ToHexStringLower(v));
    }

    [Theory]
    [InlineData("vni: { at: 0, kind: u64 }, address: { at: 8, kind: ip }", "vnni: { at: 0, kind: u64 }, address: { at: 8, kind: ip }", "'vnni' is no field of 'endpoints' (did you mean 'vni'?)")]
    [InlineData("mac: { at: 524, kind: mac }", "mac: { at: 522, kind: mac }", "overlaps")]
    [InlineData("mac: { at: 524, kind: mac }", "mac: { at: 530, kind: mac }", "ends at byte 536 of 532")]
    [InlineData("  endpoints:\n", "  endpoint:\n", "'endpoint' is no table (did you mean 'endpoints'?)")]
    [InlineData("when: { direction: egress }", "when: { direction: out }", "'out' is no direction")]
    [InlineData("dialect: mizar", "dialect: mizzar", "'mizzar' is no dialect (did you mean 'mizar'?)")]
    [InlineData("program: _transit }", "program: _transit, typ: xdp }", "'typ' is no key of a program")]
    [InlineData("  transit: { file: transit.bpf.o", "  transit: { file: ../transit.bpf.o", "leaves the folder of the objects")]
    public void AMistakeIsNamedWithItsPlace(string good, string bad, string message)
    {
        string text = File.ReadAllText(Upstream);
        int at = text.IndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0);
        string wrong = text[..at] + bad + text[(at + good.Length)..];
        ScenarioException error = Assert.Throws<ScenarioException>(() => ProfileReader.Read("x.yaml", Encoding.UTF8.GetBytes(wrong), objects: null));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Matches("^x\\.yaml:[0-9]+:[0-9]+: ", error.Message);
    }

    [RootFact]
    public void EveryTableReadsBackWhatWasWritten()
    {
        using ProfileDataPlane programs = new(ProfileReader.Load(Upstream, objects: null), 1, "00000020");
        EndpointKey key = new(new Vni(5), Ipv4Address.Parse("10.0.0.7"));
        FlowKey flow = new(Ipv4Address.Parse("10.0.0.1"), Ipv4Address.Parse("10.0.0.2"), 4000, 80, IpProtocol.Tcp);
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:09");
        AddressList list = new([Ipv4Address.Parse("172.17.0.9"), Ipv4Address.Parse("172.17.0.10")]);
        NatValue nat = new(flow.Destination, flow.Source, 1, 2, mac, MacAddress.Broadcast);
        RoundTrip(programs, Tables.Interface, 0, new InterfaceConfig(3, key.Address, mac));
        RoundTrip(programs, Tables.Slots, 4, new PortId(2));
        RoundTrip(programs, Tables.AgentSlots, 0, PortId.Nic);
        RoundTrip(programs, Tables.Endpoints, key, new EndpointValue(EndpointType.Simple, list, 6, mac));
        RoundTrip(programs, Tables.Networks, new NetworkKey(key.Vni, new Ipv4Prefix(key.Address, 20)), new NetworkValue(list));
        RoundTrip(programs, Tables.Vpcs, key.Vni, list);
        RoundTrip(programs, Tables.DirectPath, key, new CachedHost(new HostAddress(key.Address, mac)));
        RoundTrip(programs, Tables.Agents, new AgentId(2), new AgentConfig(key.Address, mac, key, list)
        {
            Links = AgentLinks.Nic | AgentLinks.DropStatistics,
            MacOverride = mac,
            PodLabel = 7,
            ClassAndPriority = 0x0010_0010,
        });
        RoundTrip(programs, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(3), new EndpointKey(Vni.Substrate, key.Address)), mac);
        RoundTrip(programs, Tables.Stages, StageSlot.ScaledEndpoint, StageProgram.ScaledEndpoint);
        RoundTrip(programs, Tables.ServicePorts, new ServicePortKey(key, 80, IpProtocol.Tcp), (ushort)8080);
        RoundTrip(programs, Tables.ForwardNat, new NatKey(default, flow), nat);
        RoundTrip(programs, Tables.ReverseNat, new NatKey(default, flow), nat);
        RoundTrip(programs, Tables.Connections, new ConnectionKey(key.Vni, flow), new ConnectionState(ConnectionFlags.Reevaluate));
        RoundTrip(programs, Tables.Statistics, 0, new TransmitStatistics(1, 2, 3, 4, 5, 6, 7, 8));
        foreach (PolicyDirection direction in Enum.GetValues<PolicyDirection>())
        {
            PolicyScope scope = new(direction, key);
            RoundTrip(programs, Tables.PolicyEnforced, scope, (byte)1);
            RoundTrip(programs, Tables.PolicyPorts, new PolicyPortKey(scope, IpProtocol.Udp, 53), new PolicyBits(ulong.MaxValue));
            foreach (CidrKind kind in Enum.GetValues<CidrKind>())
            {
                RoundTrip(programs, Tables.PolicyCidrs, new PolicyCidrKey(scope, kind, new Ipv4Prefix(key.Address, 9)), new PolicyBits(6));
            }
        }
        foreach ((LabelKind kind, uint pod, uint space) in ((LabelKind, uint, uint)[])[(LabelKind.Pod, 4, 0), (LabelKind.Namespace, 0, 5), (LabelKind.Both, 4, 5)])
        {
            RoundTrip(programs, Tables.PolicyLabels, new PolicyLabelKey(kind, new EndpointKey(key.Vni, Ipv4Address.Any), pod, space), new PolicyBits(8));
        }
    }

    [RootFact]
    public void WhatHasNoPlaceIsRefused()
    {
        using ProfileDataPlane programs = new(ProfileReader.Load(Upstream, objects: null), 1, "00000021");
        PolicyPortKey key = new(new PolicyScope(PolicyDirection.Egress, new EndpointKey(new Vni(5), Ipv4Address.Any)), IpProtocol.Udp, 53);
        HarnessException refused = Assert.Throws<HarnessException>(() => programs.Put(Droplet, Tables.PolicyPorts, key, PolicyBits.Of(70)));
        Assert.Contains("no place for 'bits_64' of table 'policy_ports'", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A profile that is wrong by two bytes cannot pass: the suite tells a misdescribed data plane from a right one.</summary>
    [RootFact]
    public void AMisdescribedTableFailsTheVectors()
    {
        string text = File.ReadAllText(Upstream).Replace("host: { at: 0, kind: ip }, host_mac: { at: 4, kind: mac }", "host: { at: 6, kind: ip }, host_mac: { at: 0, kind: mac }", StringComparison.Ordinal);
        Profile profile = ProfileReader.Read(Upstream, Encoding.UTF8.GetBytes(text), objects: null);
        VectorSuite suite = VectorFiles.Load(VectorFiles.Single);
        using ProfileDataPlane programs = new(profile, suite.Droplets, "00000022");
        ImmutableArray<VectorRow> rows = programs.Execute(() => VectorRunner.Run(suite, programs));
        Assert.Contains(rows, row => row.Result == Result.Fail && row.Reason.Contains("direct_path", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Result == Result.Pass);
    }

    private static void RoundTrip<TKey, TValue>(ProfileDataPlane programs, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        programs.Put(Droplet, table, key, value);
        Assert.Contains(KeyValuePair.Create(key, value), programs.Rows(Droplet, table));
        programs.Delete(Droplet, table, key);
        programs.Delete(Droplet, table, key);
        Assert.DoesNotContain(programs.Rows(Droplet, table), row => row.Key.Equals(key));
    }

    private static (byte[] Key, byte[] Value) Encode<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        Profile profile = ProfileReader.Load(Upstream, objects: null);
        PartCodec codec = new(profile.Parts.First(part => part.Table == table.Name), port => port.Value, _ => null);
        Row row = RowForms.Of(table)!.Write(key, value);
        byte[] k = codec.Key(row), v = codec.Value(row);
        Row back = new();
        codec.Read(k, v, back);
        Assert.Equal(key, RowForms.Of(table)!.ReadKey(back));
        Assert.Equal(value, RowForms.Of(table)!.ReadValue(back));
        return (k, v);
    }
}
