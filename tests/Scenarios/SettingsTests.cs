using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios;

namespace MizarLab.Tests.Scenarios;

/// <summary>Which data plane a scenario asks for, and what a caller may want otherwise.</summary>
public class SettingsTests
{
    private const string Body = """

        topology:
          droplets: { left: {} }
          vpcs: { blue: { vni: 3, cidr: 10.0.0.0/16 } }
          networks: { net: { vpc: blue, cidr: 10.0.0.0/24, bouncers: [left] } }
          endpoints: { a: { network: net, address: 10.0.0.2, droplet: left } }
        timeline: [ wait: 1ms ]
        expect: []
        """;

    private static Scenario Load(string head, LoadOptions? options = null) => ScenarioLoader.Load("s.yaml", $"name: settings\n{head}{Body}\n", options);

    [Fact]
    public void ADialectIsItsSwitches()
    {
        Assert.Equal(DataPlaneSettings.Mizar, Load("dialect: mizar").Settings);
        Assert.Equal(DataPlaneSettings.Lab, Load("dialect: lab").Settings);
        Assert.Equal(DataPlaneSettings.Default, Load("").Settings);
    }

    [Fact]
    public void SingleSwitchesGoBeforeTheDialectAndTheCallerBeforeBoth()
    {
        Assert.Equal(Switches.All & ~Switches.LoopGuard, Load("dialect: lab\nswitches: { loop_guard: off, arp_suppression: on }").Settings.On);
        Assert.Equal(Switches.LoopGuard, Load("dialect: mizar\nswitches: { loop_guard: on }").Settings.On);
        LoadOptions options = new(Dialect.Mizar, [(Switches.OuterTtl, true), (Switches.LoopGuard, false)]);
        Scenario scenario = Load("dialect: lab\nswitches: { loop_guard: on, inner_ttl: on }", options);
        Assert.Equal((Dialect.Mizar, Switches.InnerTtl | Switches.OuterTtl), (scenario.Dialect, scenario.Settings.On));
    }

    [Fact]
    public void EverythingElseHasItsKey()
    {
        DataPlaneSettings settings = Load("""
            dialect: lab
            sharding: { bouncers: maglev, backends: rendezvous, maglev_slots: 1021 }
            direct_path_lifetime: 250ms
            connection_timeouts: { established: 2s, transient: 1s, datagram: 500ms }
            icmp_errors: 5/s
            """).Settings;
        Assert.Equal(
            (ShardingKind.Maglev, ShardingKind.Modulo, ShardingKind.Rendezvous, 1021),
            (settings.BouncerSharding, settings.DividerSharding, settings.BackendSharding, settings.MaglevSlots));
        Assert.Equal(
            (SimTime.FromMilliseconds(250), SimTime.FromSeconds(2), SimTime.FromSeconds(1), SimTime.FromMilliseconds(500), 5),
            (settings.DirectPathLifetime, settings.EstablishedTimeout, settings.TransientTimeout, settings.DatagramTimeout, settings.IcmpErrorsPerSecond));
    }

    [Theory]
    [InlineData("switches: { loop_gard: off }", "switches has no key 'loop_gard' (did you mean 'loop_guard'?)")]
    [InlineData("switches: { loop_guard: false }", "expected a position (on, off), not 'false'")]
    [InlineData("sharding: { bouncers: jump }", "expected a way of sharding (modulo, maglev, rendezvous), not 'jump'")]
    [InlineData("sharding: { maglev_slots: 1000 }", "'1000' is no prime (997 and 1009 are)")]
    [InlineData("sharding: { maglev_slots: 113 }", "expected a number of slots (131 to 65521), not '113'")]
    [InlineData("icmp_errors: 100", "a quantity needs a unit (100/s?)")]
    [InlineData("direct_path_lifetime: 0s", "'0s' is out of range")]
    public void WhatIsNoneIsAnError(string head, string error)
    {
        ScenarioException wrong = Assert.Throws<ScenarioException>(() => Load(head));
        Assert.Contains(error, Assert.Single(wrong.Errors).ToString(), StringComparison.Ordinal);
    }
}
