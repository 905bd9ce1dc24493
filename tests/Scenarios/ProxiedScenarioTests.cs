using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>A proxied endpoint in the language and in the plan: what it is given, and what is refused, with its place and mend.</summary>
public sealed class ProxiedScenarioTests
{
    private const string Sound = """
        name: sound
        dialect: lab
        topology:
          underlay: { mtu: 2000B }
          droplets: { left: {}, right: {} }
          vpcs: { blue: { vni: 3, cidr: 10.0.0.0/8 } }
          networks: { net: { vpc: blue, cidr: 10.0.0.0/24, bouncers: [left] } }
          endpoints:
            a: { network: net, address: 10.0.0.2, droplet: left }
            p: { network: net, address: 10.0.0.3, droplet: right, proxied: echo }
            q: { network: net, address: 10.0.0.4, droplet: right, proxied: sink, mtu: 1600B }
        timeline:
          - ping: { from: a, to: p }
          - udp: { from: a, to: p, reply: true }
          - move_endpoint: { endpoint: p, to: left }
        expect:
          - reachable: { from: a, to: p }
          - function_sees: { at: p, protocol: icmp, count: 1 }
        """;

    /// <summary>Its link carries the underlay's frames, so it has the underlay's MTU unless the author says otherwise.</summary>
    [Fact]
    public void The_sound_file_is_sound()
    {
        Scenario scenario = ScenarioLoader.Load("s.yaml", Sound);
        Assert.Equal([ProxiedFunction.None, ProxiedFunction.Echo, ProxiedFunction.Sink], scenario.Topology.Endpoints.Select(e => e.Function));
        Assert.Equal([1500, 2000, 1600], scenario.Topology.Endpoints.Select(e => e.MtuBytes));
    }

    [Theory]
    [InlineData("dialect: lab", "dialect: mizar", "10:68: ", "dialect mizar has no proxied endpoints", "dialect: lab")]
    [InlineData("proxied: echo", "proxied: ecko", "10:68: ", "not 'ecko'", "did you mean 'echo'?")]
    [InlineData("proxied: echo", "proxied: echo, kind: host", "10:68: ", "needs an interface of its own", "kind: simple")]
    [InlineData("ping: { from: a, to: p }", "ping: { from: p, to: a }", "13:19: ", "no stack that could begin an exchange", "let another endpoint ask it")]
    [InlineData(", reply: true", "", "14:5: ", "only an answer shows what arrived", "reply: true")]
    [InlineData("udp: { from: a, to: p, reply: true }", "tcp: { from: a, to: p }", "14:5: ", "only an answer shows what arrived", "no function of the lab speaks TCP")]
    public void A_slip_is_told_with_its_place_and_mend(string sound, string slip, string place, string words, string mend)
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioLoader.Load("s.yaml", Sound.Replace(sound, slip, StringComparison.Ordinal)));
        Assert.Contains($"s.yaml:{place}", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains(mend, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Only the host knows; a bouncer sends to it as to any. It moves with its endpoint.</summary>
    [Fact]
    public void Rows_say_so_at_its_host_alone()
    {
        Plan plan = Plan.Create(ScenarioLoader.Load("s.yaml", Sound));
        ModelDataPlane model = new(2, DataPlaneSettings.Lab);
        plan.WriteInitial(model);
        Assert.Equal((0, 0), Proxied(model, left: true));
        Assert.Equal((2, 2), Proxied(model, left: false));
        foreach (TableUpdate update in plan.StepUpdates[^1])
        {
            update.ApplyTo(model);
        }
        Assert.Equal((1, 1), Proxied(model, left: true));
        Assert.Equal((1, 1), Proxied(model, left: false));
    }

    /// <summary>How many rows of endpoints say so, and of agents.</summary>
    private static (int Endpoints, int Agents) Proxied(ModelDataPlane model, bool left)
    {
        DropletId droplet = new(left ? 0 : 1);
        return (model.Rows(droplet, Tables.Endpoints).Count(row => row.Value.IsProxied), model.Rows(droplet, Tables.Agents).Count(row => row.Value.IsProxied));
    }
}
