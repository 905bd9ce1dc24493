using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>Maglev's table (NSDI 2016, Pseudocode 1; spec 12 §4.2) under ten seeds.</summary>
public sealed class MaglevLawTests
{
    /// <summary>The pseudocode as printed, member by member and slot by slot, is the table; each member has ⌊M/N⌋ or ⌈M/N⌉ slots.</summary>
    [Fact]
    public void The_table_is_the_pseudocodes()
    {
        Assert.Equal([1, 0, 1, 0, 2, 2, 0], Populate(7, [(3, 4), (0, 2), (3, 1)]));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1], Populate(7, [(3, 4), (3, 1)]));
        Alike(off: 0).Holds();
        Alike(off: 1).Fails();

        static Law Alike(int off) => Law.Exact(seed =>
        {
            RandomStream random = Law.DrawsOf(seed, "maglev");
            int slots = ((int[])[7, 101, 251, 1_009])[Law.Drawn(random, 0, 3)], members = Law.Drawn(random, 2, Math.Min(50, slots - 2));
            (int Offset, int Skip)[] drawn = [.. Enumerable.Range(0, members).Select(_ => (Law.Drawn(random, 0, slots - 1), Law.Drawn(random, 1, slots - 2)))];
            MaglevTable table = MaglevTable.Populate(slots, [.. drawn.Select(d => new MaglevPreference(d.Offset, d.Skip + off))]);
            int[] counts = new int[members];
            int[] printed = Populate(slots, drawn);
            int alike = 0;
            for (int slot = 0; slot < slots; slot++)
            {
                counts[table[slot]]++;
                alike += printed[slot] == table[slot] ? 1 : 0;
            }
            Assert.All(counts, count => Assert.InRange(count, slots / members, (slots + members - 1) / members));
            return (slots, alike);
        });
    }

    /// <summary>Slots that change hands when some of 1 000 fail, and those that need not, as measured over 200 tables of another hash: a tenth to either side of the fact sheet's means.</summary>
    [Theory]
    [InlineData(1, 0.0066, 0.0056)]
    [InlineData(10, 0.0326, 0.0225)]
    [InlineData(100, 0.135, 0.0350)]
    public void Slots_change_hands_as_published(int failed, double changed, double needless)
    {
        (double Changed, double Needless) told = Means(failed, Law.Seeds);
        Assert.InRange(told.Changed, changed * 0.9, changed * 1.1);
        Assert.InRange(told.Needless, needless * 0.9, needless * 1.1);
        Assert.NotInRange(Means(failed + (failed / 2) + 1, 2).Changed, changed * 0.9, changed * 1.1);

        static (double Changed, double Needless) Means(int failed, int seeds)
        {
            (double changed, double needless) = (0, 0);
            for (ulong seed = 1; seed <= (ulong)seeds; seed++)
            {
                TenRuns runs = new(new MaglevStudy(1_000, failed, 65_537, 2, 4, SlotHashing.Table, 0));
                changed += runs[seed, "changed"] / seeds;
                needless += runs[seed, "needless"] / seeds;
                Assert.Equal(1, runs[seed, "spread"]);
                Assert.Equal(66 * 1_000 / 65_537.0, runs[seed, "max_over_mean"], 1e-12);
            }
            return (changed, needless);
        }
    }

    /// <summary>Pseudocode 1: in turn each member takes the next slot of its permutation (offset + j·skip) mod M that is free.</summary>
    private static int[] Populate(int slots, (int Offset, int Skip)[] members)
    {
        int[] next = new int[members.Length], entry = new int[slots];
        Array.Fill(entry, -1);
        for (int taken = 0; ;)
        {
            for (int i = 0; i < members.Length; i++)
            {
                int c = Permutation(i, next[i]);
                while (entry[c] >= 0)
                {
                    next[i]++;
                    c = Permutation(i, next[i]);
                }
                entry[c] = i;
                next[i]++;
                if (++taken == slots)
                {
                    return entry;
                }
            }
        }

        int Permutation(int member, int j) => (int)((members[member].Offset + ((long)j * members[member].Skip)) % slots);
    }
}
