using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Studies;
using MizarLab.Tests.Theory;

namespace MizarLab.Tests.Studies;

/// <summary>Studies that run packets through the model data plane, against closed forms.</summary>
public sealed class PacketStudyTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void With_a_horizon_of_0_the_limiter_is_a_server_without_a_queue(double load)
    {
        PolicerStudy study = new(load, SimTime.Zero, ServiceClass.BestEffort, 20_000, Ran.Mizar);
        Replications.AssertNear(load / (1 + load), 0.005, Ran.Replicated(study, "loss", 10));
        Replications.AssertNear(load / (1 + load), 0.005, Ran.Replicated(study, "goodput", 10));
        Assert.Equal(0, Ran.Value(study, "longest_wait"));
        Ran.AssertRepeats(study);
    }

    [Fact]
    public void With_a_long_horizon_packets_wait_as_in_MD1()
    {
        PolicerStudy study = new(0.8, SimTime.FromSeconds(2), ServiceClass.BestEffort, 40_000, Ran.Mizar);
        Assert.Equal(0, Ran.Value(study, "loss"));
        Replications.AssertNear(0.8 * 100_000 / (2 * 0.2), 0.02, Ran.Replicated(study, "wait", 10));
    }

    [Fact]
    public void Beyond_the_limit_the_rest_is_lost()
    {
        // A horizon of 2 s takes 20 000 packets of 100 µs; they are there before the measurement begins.
        PolicerStudy study = new(2, SimTime.FromSeconds(2), ServiceClass.BestEffort, 60_000, Ran.Mizar);
        Replications.AssertNear(0.5, 0.006, Ran.Replicated(study, "loss", 5));
        Replications.AssertNear(1, 0.006, Ran.Replicated(study, "goodput", 5));
        Replications.AssertNear(2e9, 0.002, Ran.Replicated(study, "longest_wait", 5));
    }

    [Fact]
    public void Premium_is_not_limited()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            PolicerStudy study = new(3, SimTime.Zero, ServiceClass.Premium, 5_000, settings);
            Assert.Equal(0, Ran.Value(study, "loss"));
            Replications.AssertNear(3, 0.02, Ran.Replicated(study, "goodput", 10));
        }
    }

    /// <summary>5 ms are saved up, fifty packets: below the limit next to nothing is lost, beyond it what must be.</summary>
    [Fact]
    public void The_dialect_lab_saves_up_a_burst()
    {
        Assert.InRange(Ran.Value(new PolicerStudy(0.5, SimTime.Zero, ServiceClass.BestEffort, 40_000, Ran.Lab), "loss"), 0, 1e-3);
        Replications.AssertNear(0.5, 0.005, Ran.Replicated(new PolicerStudy(2, SimTime.Zero, ServiceClass.BestEffort, 40_000, Ran.Lab), "loss", 10));
    }

    [Theory]
    [InlineData(UnknownTarget.OwnNetwork, 64, 1, 1)]
    [InlineData(UnknownTarget.OwnNetwork, 32, 3, 2)]
    [InlineData(UnknownTarget.OtherNetwork, 64, 2, 2)]
    [InlineData(UnknownTarget.Broadcast, 16, 1, 1)]
    [InlineData(UnknownTarget.Arp, 64, 2, 3)]
    public void A_packet_to_nobody_crosses_the_underlay_as_often_as_its_TTL_says(UnknownTarget target, int ttl, int bouncers, int dividers)
    {
        UnknownStudy mizar = new(ArchitectureKind.Mizar, 100, target, ttl, 8, bouncers, dividers, Ran.Mizar), lab = new(ArchitectureKind.Lab, 100, target, ttl, 8, bouncers, dividers, Ran.Lab);
        Assert.Equal(ttl, Ran.Value(mizar, "frames"));
        Assert.Equal(ttl - 1, Ran.Value(mizar, "extra"));
        Assert.InRange(Ran.Value(lab, "frames"), 1, 3);
        Assert.InRange(Ran.Value(lab, "extra"), 0, 2);
        Assert.Equal(0, Ran.Value(lab, "poisoned"));
        Ran.AssertRepeats(mizar);
        Ran.AssertRepeats(lab);
    }

    [Fact]
    public void A_divider_takes_itself_for_the_scanners_host()
    {
        Assert.Equal(1, Ran.Value(new UnknownStudy(ArchitectureKind.Mizar, 100, UnknownTarget.OwnNetwork, 64, 1, 1, 1, Ran.Mizar), "poisoned"));
        Assert.Equal(0, Ran.Value(new UnknownStudy(ArchitectureKind.Mizar, 100, UnknownTarget.OwnNetwork, 2, 1, 1, 1, Ran.Mizar), "poisoned"));
    }

    [Fact]
    public void A_service_that_loses_a_backend()
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            BackendsStudy modulo = new(5, 4, 1_500, SimTime.Zero, BalancerKind.Mizar, 2, settings);
            BackendsStudy rendezvous = new(5, 4, 1_500, SimTime.Zero, BalancerKind.Mizar, 2, settings with { BackendSharding = ShardingKind.Rendezvous });
            Replications.AssertNear(0.2, 0.04, Ran.Replicated(modulo, "dead", 6));
            Replications.AssertNear(0.8, 0.02, Ran.Replicated(modulo, "moved", 6));
            Assert.Equal(0, Ran.Value(rendezvous, "needless"));
            Replications.AssertNear(0.2, 0.04, Ran.Replicated(rendezvous, "moved", 6));
            Ran.AssertRepeats(rendezvous);
        }
    }

    /// <summary>Upstream's entries have no end; <c>lab</c>'s end when the connection was idle too long, and the next packet gets a backend that is there.</summary>
    [Fact]
    public void What_was_idle_is_no_longer_sent_to_the_dead()
    {
        SimTime idle = SimTime.FromSeconds(200);
        Replications.AssertNear(0.2, 0.04, Ran.Replicated(new BackendsStudy(5, 4, 1_500, idle, BalancerKind.Mizar, 2, Ran.Mizar), "dead", 6));
        Assert.Equal(0, Ran.Value(new BackendsStudy(5, 4, 1_500, idle, BalancerKind.Mizar, 2, Ran.Lab), "dead"));
    }
}
