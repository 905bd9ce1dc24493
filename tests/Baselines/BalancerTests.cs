using MizarLab.Baselines;
using MizarLab.Engine;
using MizarLab.Studies;
using MizarLab.Tests.Studies;
using MizarLab.Tests.Theory;

namespace MizarLab.Tests.Baselines;

/// <summary>Load balancers beside Mizar's, against what is known of them (spec 12 §4.3, §6.3).</summary>
public sealed class BalancerTests
{
    private static readonly int[] Five = [0, 1, 2, 3, 4];

    /// <summary>65 536 balls in as many bins: with two choices the fullest has three (68 of 100 times) or four, with one six to eleven.</summary>
    [Theory]
    [InlineData(1, 6, 11)]
    [InlineData(2, 3, 4)]
    public void Two_choices_fill_bins_evenly(int choices, int least, int most)
    {
        const int Bins = 65_536;
        int[] bins = [.. Enumerable.Range(0, Bins)];
        for (ulong trial = 1; trial <= 12; trial++)
        {
            FewestConnections balancer = new(bins, choices, trial);
            int[] load = new int[Bins];
            ushort? cookie = null;
            for (int ball = 0; ball < Bins; ball++)
            {
                load[balancer.Pick(ball, ref cookie)]++;
            }
            Assert.InRange(load.Max(), least, most);
            Assert.Equal(Bins, balancer.Rows);
        }
    }

    [Fact]
    public void A_row_keeps_a_connection_until_its_backend_goes_or_the_row_does()
    {
        FewestConnections balancer = new(Five, 2, 1);
        ushort? cookie = null;
        int[] had = [.. Enumerable.Range(0, 500).Select(c => balancer.Pick(c, ref cookie))];
        balancer.Change([0, 1, 2, 3, 5]);
        Assert.Equal(had.Count(b => b != 4), balancer.Rows);
        int[] has = [.. Enumerable.Range(0, 500).Select(c => balancer.Pick(c, ref cookie))];
        Assert.All(had.Zip(has), pair => Assert.True(pair.First == 4 ? pair.Second != 4 : pair.First == pair.Second));
        Assert.InRange(has.Count(b => b == 5), 15, 60); // the newcomer gets whom it was one of two draws for, 9 of 25
        balancer.Forget();
        Assert.Equal(0, balancer.Rows);
    }

    [Fact]
    public void A_cookie_keeps_a_connection_whatever_happens_to_the_list_and_whichever_instance_reads_it()
    {
        CookieBalancer balancer = new(Five, 7);
        ushort?[] cookies = new ushort?[1_000];
        int[] had = [.. Enumerable.Range(0, 1_000).Select(c => balancer.Pick(c, ref cookies[c]))];
        Assert.All(Five, b => Assert.Equal(200, had.Count(h => h == b)));
        Assert.True(cookies.Distinct().Count() > 900); // nobody reads a backend off them
        CookieBalancer other = new(Five, 7);
        foreach (CookieBalancer instance in new[] { balancer, other })
        {
            instance.Change([0, 1, 3, 4, 5, 6]); // 2 goes, and no other takes its slot
            Assert.All(Enumerable.Range(0, 1_000).Where(c => had[c] != 2), c => Assert.Equal(had[c], instance.Pick(c, ref cookies[c])));
        }
        ushort? dead = cookies[2];
        Assert.Equal(2, had[2]);
        Assert.NotEqual(2, balancer.Pick(2, ref dead));
        Assert.NotEqual(cookies[2], dead);
        Assert.Throws<ArgumentException>(() => balancer.Change([]));
    }

    /// <summary>Forgotten, a choice by load leads back by chance alone, 1 of the larger number; a cookie always, but to a backend that is gone.</summary>
    [Theory]
    [InlineData(5, 4)]
    [InlineData(5, 10)]
    public void A_balancer_that_forgets_moves_almost_all_and_one_that_need_not_remember_none(int before, int after)
    {
        BackendsStudy fewest = new(before, after, 2_000, SimTime.Zero, BalancerKind.FewestConnections, 2, Ran.Lab);
        double moved = 1 - (1.0 / Math.Max(before, after));
        Replications.AssertNear(moved, 0.02, Ran.Replicated(fewest, "moved", 8));
        Assert.Equal(0, Ran.Value(fewest, "dead"));
        Assert.Equal(2_000, Ran.Value(fewest, "rows"));
        Assert.InRange(Ran.Value(fewest, "max_over_mean"), 1, 1 + (4 * before / 2_000.0));
        Assert.True(Ran.Value(new BackendsStudy(before, after, 2_000, SimTime.Zero, BalancerKind.FewestConnections, 1, Ran.Lab), "max_over_mean") > 1 + (4 * before / 2_000.0));
        BackendsStudy cookie = new(before, after, 2_000, SimTime.Zero, BalancerKind.Cookie, 2, Ran.Lab);
        Assert.Equal(Math.Max(0, before - after) / (double)before, Ran.Value(cookie, "moved"));
        Assert.Equal((0.0, 0.0, 1.0), (Ran.Value(cookie, "needless"), Ran.Value(cookie, "rows"), Ran.Value(cookie, "max_over_mean")));
        Ran.AssertRepeats(fewest);
    }
}
