using MizarLab.DataPlane;
using MizarLab.Packets;
using MizarLab.Studies;
using MizarLab.Tests.Theory;

namespace MizarLab.Tests.Studies;

/// <summary>Remapping, entropy and evenness against the laws of spec 12 §4.</summary>
public sealed class HashStudyTests
{
    private static DataPlaneSettings With(DataPlaneSettings settings, ShardingKind sharding) => settings with { BouncerSharding = sharding };

    [Theory]
    [InlineData(4, 5)]
    [InlineData(4, 8)]
    [InlineData(6, 4)]
    [InlineData(128, 127)]
    public void Modulo_keeps_gcd_over_max_of_a_full_residue_system(int before, int after)
    {
        RemapStudy study = new(before, after, HashKeys.Residues, 10_000, Ran.Mizar);
        long divisor = Gcd(before, after);
        Assert.Equal((double)divisor / Math.Max(before, after), Ran.Value(study, "kept"), 1e-15);
        Ran.AssertRepeats(study);
    }

    [Theory]
    [InlineData(4, 5, 0.2)]
    [InlineData(4, 6, 1 / 3.0)]
    public void Upstreams_hash_obeys_it_on_addresses(int before, int after, double kept)
    {
        Replications.AssertNear(kept, 0.005, Ran.Replicated(new RemapStudy(before, after, HashKeys.Pairs, 20_000, Ran.Mizar), "kept", 10));
        Replications.AssertNear(kept, 0.005, Ran.Replicated(new RemapStudy(before, after, HashKeys.Pairs, 20_000, Ran.Lab), "kept", 10));
    }

    [Theory]
    [InlineData(4, 5)]
    [InlineData(9, 8)]
    [InlineData(5, 12)]
    public void Rendezvous_moves_none_but_those_that_must(int before, int after)
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            RemapStudy study = new(before, after, HashKeys.Pairs, 20_000, With(settings, ShardingKind.Rendezvous));
            Assert.Equal(0, Ran.Value(study, "needless"));
            Replications.AssertNear(Math.Abs(before - after) / (double)Math.Max(before, after), 0.01, Ran.Replicated(study, "forced", 10));
        }
    }

    [Fact]
    public void A_larger_Maglev_table_moves_less()
    {
        double small = Ran.Value(new RemapStudy(10, 11, HashKeys.Residues, 251 * 110, With(Ran.Mizar, ShardingKind.Maglev) with { MaglevSlots = 251 }), "needless");
        double large = Ran.Value(new RemapStudy(10, 11, HashKeys.Residues, 65_521, With(Ran.Mizar, ShardingKind.Maglev) with { MaglevSlots = 65_521 }), "needless");
        Assert.InRange(large, 0.0001, small);
        Assert.InRange(small, large, 0.15);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(19, 19)]
    [InlineData(57, 57)]
    [InlineData(97, 97)]
    public void Ports_to_one_bouncer_are_5529_over_the_greatest_common_divisor(int bouncers, int divisor)
    {
        EntropyStudy study = new(bouncers, HashKeys.Residues, 1, 1, Ran.Mizar);
        Assert.Equal(MizarHash.SourcePorts / divisor, Ran.Value(study, "ports_a_bouncer"));
        Assert.Equal(MizarHash.SourcePorts, Ran.Value(study, "ports"));
        Ran.AssertRepeats(study);
    }

    [Fact]
    public void Ports_of_pairs_and_flows_fall_as_balls_into_bins()
    {
        EntropyStudy mizar = new(4, HashKeys.Pairs, 1_000, 8, Ran.Mizar), lab = new(4, HashKeys.Pairs, 1_000, 8, Ran.Lab);
        Assert.Equal(1, Ran.Value(mizar, "ports_a_pair"));
        Replications.AssertNear(914.86, 0.005, Ran.Replicated(mizar, "ports", 20));
        Replications.AssertNear(Distinct(16_384, 8_000), 0.005, Ran.Replicated(lab, "ports", 20));
        Replications.AssertNear(Distinct(16_384, 8), 0.0002, Ran.Replicated(lab, "ports_a_pair", 20));
    }

    [Theory]
    [InlineData(PairSet.Uniform)]
    [InlineData(PairSet.Zipf)]
    [InlineData(PairSet.Star)]
    public void Evenness_follows_what_few_pairs_have(PairSet set)
    {
        foreach (DataPlaneSettings settings in new[] { Ran.Mizar, Ran.Lab })
        {
            EvennessStudy study = new(8, set, 20_000, 100_000, 0.9, settings);
            double concentration = Ran.Replicated(study, "concentration", 20).Mean;
            // The index is a ratio, so its mean is off by a part of its own spread; that is far below five standard errors here.
            Replications.AssertNear(1 / (1 + (7 * concentration)), 0.005, Ran.Replicated(study, "jain", 20));
            Replications.AssertNear(1, 0.18, Ran.Replicated(study, "chi_square", 20));
        }
    }

    [Fact]
    public void A_single_pair_is_not_split()
    {
        EvennessStudy study = new(8, PairSet.Single, 1, 1_000, 0, Ran.Lab);
        Assert.Equal(1.0 / 8, Ran.Value(study, "jain"));
        Assert.Equal(8, Ran.Value(study, "max_over_mean"));
        Ran.AssertRepeats(study);
    }

    private static double Distinct(double bins, double balls) => bins * (1 - Math.Pow(1 - (1 / bins), balls));

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
