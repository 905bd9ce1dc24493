using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Functions;

/// <summary>What dividers and agents do besides upstream's: token buckets, network ACLs, peerings; on the model. The library runs them on the programs too.</summary>
public sealed class NetworkFunctionTests
{
    private static readonly DropletId Droplet = new(0);
    private static readonly Vni Blue = new(3), Green = new(4);
    private static readonly MacAddress Mac = MacAddress.Parse("02:42:ac:11:00:02"), Other = MacAddress.Parse("02:42:ac:11:00:03");

    private static Ipv4Address Address(string text) => Ipv4Address.Parse(text);

    /// <summary>1 000 bytes a second and 1 500 at once: two frames of 600 go, the third once 300 bytes' time has passed, to the nanosecond.</summary>
    [Fact]
    public void ABucketFillsByTheNanosecond()
    {
        ModelDataPlane model = new(1, DataPlaneSettings.Lab with { On = Switches.None });
        model.Put(Droplet, Tables.AgentSlots, 0, PortId.Nic);
        model.Put(Droplet, Tables.Agents, new AgentId(1), new AgentConfig(Address("172.17.0.2"), Mac, new EndpointKey(Blue, Address("10.0.0.2")), new AddressList(Address("172.17.0.3")))
        {
            BytesPerSecond = 1_000,
            BurstBytes = 1_500,
        });
        model.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(Vni.Substrate, Address("172.17.0.3"))), Other);
        Assert.Equal((Verdict.Redirect, Verdict.Redirect, Reason.RateLimited), (Send().Verdict, Send().Verdict, Send().Reason));
        model.Now = SimTime.FromMilliseconds(300) - new SimTime(1_000); // 1 ns early
        Assert.Equal(Reason.RateLimited, Send().Reason);
        model.Now = SimTime.FromMilliseconds(300);
        Assert.Equal(Verdict.Redirect, Send().Verdict);
        Assert.Equal(new TokenBucket(1_800_000_000), Assert.Single(model.Rows(Droplet, Tables.Tokens)).Value); // 1 800 bytes' time, 300 ms of it passed

        ProgramResult Send()
        {
            byte[] bytes = Bpf.BpfWorld.Ping(Address("10.0.0.2"), Address("10.0.0.9"), payload: 600 - 14 - 20 - 8);
            Frame frame = Frame.FromBytes(bytes);
            return model.Run(Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        }
    }

    [Theory]
    [InlineData("topology: { droplets: { d: {} }, vpcs: { a: { vni: 3, cidr: 10.0.0.0/16, dividers: [d] }, b: { vni: 4, cidr: 10.0.0.0/16, dividers: [d] } }, networks: { n: { vpc: a, cidr: 10.0.0.0/24, bouncers: [d] }, m: { vpc: b, cidr: 10.0.0.0/25, bouncers: [d] } }, endpoints: {}, peerings: [[a, b]] }", "overlap (a divider could not tell whose address it is)")]
    [InlineData("topology: { droplets: { d: {} }, vpcs: { a: { vni: 3, cidr: 10.0.0.0/16, dividers: [d] } }, networks: { n: { vpc: a, cidr: 10.0.0.0/24, bouncers: [d] } }, endpoints: {}, peerings: [[a, a]] }", "a peering is of two VPCs")]
    [InlineData("topology: { droplets: { d: {} }, vpcs: { a: { vni: 3, cidr: 10.0.0.0/16, dividers: [d], nacl: [ { action: deny } ] } }, networks: { n: { vpc: a, cidr: 10.0.0.0/24, bouncers: [d] }, m: { vpc: a, cidr: 10.0.1.0/24, bouncers: [d] } }, endpoints: {} }", "would pass no divider, and no rule")]
    [InlineData("topology: { droplets: { d: {} }, vpcs: { a: { vni: 3, cidr: 10.0.0.0/16, dividers: [d] } }, networks: { n: { vpc: a, cidr: 10.0.0.0/24, bouncers: [d] } }, endpoints: {}, functions: { f: { on: d }, g: { on: d } } }", "two programs in one stage of droplet 'd'")]
    public void WhatCouldNotBeEnforcedIsRefused(string topology, string message)
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("x.yaml", $"name: x\ndialect: lab\n{topology}\ntimeline: []\nexpect: []\n"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A peered network's frame leaves in the other VPC, and its host's direct path is looked for there.</summary>
    [Fact]
    public void APeeredFrameChangesItsVni()
    {
        ModelDataPlane model = new(1, DataPlaneSettings.Lab with { On = Switches.None });
        Ipv4Address own = Bpf.BpfWorld.Nic;
        model.Put(Droplet, Tables.Interface, 0, new InterfaceConfig(0, own, Bpf.BpfWorld.NicMac));
        model.Put(Droplet, Tables.Slots, 0, PortId.Nic);
        model.Put(Droplet, Tables.Networks, new NetworkKey(Bpf.BpfWorld.Vpc, new Ipv4Prefix(Address("10.1.0.0"), 24)), new NetworkValue(new AddressList(Address("172.17.0.3"))) { PeerVni = Green, IsGuarded = true });
        model.Put(Droplet, Tables.Endpoints, new EndpointKey(Vni.Substrate, Address("172.17.0.3")), new EndpointValue(EndpointType.Substrate, default, -1, Other));
        Frame frame = Frame.FromBytes(Bpf.BpfWorld.OnWire(Bpf.BpfWorld.Ping(Bpf.BpfWorld.Local, Address("10.1.0.9"))));
        Assert.Equal(Reason.NetworkToBouncer, model.Run(Droplet, ProgramId.Transit, default, ref frame).Reason);
        Assert.Equal([0, 0, 4, 0], frame.ToBytes()[46..50]);

        model.Put(Droplet, Tables.DirectPath, new EndpointKey(Green, Address("10.1.0.9")), new CachedHost(new HostAddress(Address("172.17.0.4"), Other)));
        frame = Frame.FromBytes(Bpf.BpfWorld.OnWire(Bpf.BpfWorld.Ping(Bpf.BpfWorld.Local, Address("10.1.0.9"))));
        Assert.Equal(Reason.DirectPath, model.Run(Droplet, ProgramId.Transit, default, ref frame).Reason);
        Assert.Equal([0, 0, 4, 0], frame.ToBytes()[46..50]);
    }
}
