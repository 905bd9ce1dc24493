using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>Who gets a slot, or a key.</summary>
public enum SlotHashing : byte
{
    /// <summary>Maglev's table.</summary>
    Table,

    /// <summary>Rendezvous hashing.</summary>
    Rendezvous,

    /// <summary>Rendezvous hashing among those that have room.</summary>
    Bounded,
}

/// <summary>
/// The Maglev table by itself, as the paper has it (Eisenbud and others, NSDI 2016, §5.3; spec 12 §4.2): how evenly members share its slots, and how many slots change hands when some members
/// fail, needlessly too, from members that are still there. Members are drawn addresses, so that a run is an average over tables. Beside it rendezvous hashing of as many keys as the table has
/// slots, of which nothing moves needlessly and whose members share as balls fall into bins, and the same with bounded loads.
/// </summary>
/// <param name="members">Of a table; the paper's 1 000 too, which no list of the data plane has room for.</param>
/// <param name="failed">Of them.</param>
/// <param name="slots">Of the table, a prime.</param>
/// <param name="tables">Averaged over.</param>
/// <param name="exampleSkip">Of the first member in the paper's example (Table 1), which has 4.</param>
/// <param name="hashing">The table, or what is held against it.</param>
/// <param name="slack">ε of bounded loads: a member holds no more than 1 + ε times the mean, rounded up.</param>
public sealed class MaglevStudy(int members, int failed, int slots, int tables, int exampleSkip, SlotHashing hashing, double slack) : IStudy
{
    private static readonly int[] PublishedWhole = [1, 0, 1, 0, 2, 2, 0], PublishedWithoutOne = [0, 0, 0, 0, 2, 2, 2];

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("changed", "", "Share of slots that another member has afterwards"),
        new("needless", "", "Share of slots that one member that stays gave to another"),
        new("max_over_mean", "", "Slots of the member with most over the mean, before"),
        new("spread", "slots", "Slots of the member with most less those of the one with least, the largest of all tables"),
        new("example", "slots", "Of the 14 slots of the paper's example, with three members and with two, those that are as published"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        RandomStream random = new(run.Seed, "maglev");
        (Moments changed, Moments needless, Moments most) = (default, default, default);
        long spread = 0;
        for (int t = 0; t < tables; t++)
        {
            run.Cancel.ThrowIfCancellationRequested();
            Ipv4Address[] all = Draw(random);
            Func<int, (int Had, int Has)> change = hashing == SlotHashing.Table ? ByTable(all) : ByWeight(all, random.NextUInt32(), run.Cancel);
            long[] counts = new long[members];
            (int differ, int moved) = (0, 0);
            for (int slot = 0; slot < slots; slot++)
            {
                (int had, int has) = change(slot);
                counts[had]++;
                differ += had == has ? 0 : 1;
                moved += had != has && had >= failed ? 1 : 0;
            }
            changed.Add((double)differ / slots);
            needless.Add((double)moved / slots);
            most.Add(counts.Max() * (double)members / slots);
            spread = Math.Max(spread, counts.Max() - counts.Min());
        }
        return StudyResult.Of(changed.Mean, needless.Mean, most.Mean, spread, Example());
    }

    /// <summary>Who has a slot before and after, by two tables.</summary>
    private Func<int, (int Had, int Has)> ByTable(Ipv4Address[] all)
    {
        MaglevTable before = Of(all), after = Of(all.AsSpan(failed));
        return slot => (before[slot], after[slot] + failed);
    }

    /// <summary>By the members' weights, with room for all keys or for a quarter more than the mean.</summary>
    /// <param name="salt">So that keys differ from table to table.</param>
    private Func<int, (int Had, int Has)> ByWeight(Ipv4Address[] all, uint salt, CancellationToken cancel)
    {
        uint[] words = [.. all.Select(address => address.WireWord)];
        int[] before = HeaviestMember.Assign(words, slots, salt, RoomOf(members), cancel);
        int[] after = HeaviestMember.Assign(words.AsSpan(failed), slots, salt, RoomOf(members - failed), cancel);
        return slot => (before[slot], after[slot] + failed);
    }

    private int RoomOf(int sharers) => hashing == SlotHashing.Bounded ? HeaviestMember.RoomOf(slots, sharers, slack) : slots;

    /// <summary>Distinct addresses in the order drawn, so that the first fail and are any.</summary>
    private Ipv4Address[] Draw(RandomStream random)
    {
        FlatTable<Ipv4Address, byte> taken = new();
        Ipv4Address[] all = new Ipv4Address[members];
        for (int i = 0; i < members;)
        {
            Ipv4Address address = new(random.NextUInt32());
            if (!taken.Contains(in address))
            {
                taken.Put(in address, default);
                all[i++] = address;
            }
        }
        return all;
    }

    private MaglevTable Of(ReadOnlySpan<Ipv4Address> addresses)
    {
        MaglevPreference[] preferences = new MaglevPreference[addresses.Length];
        for (int i = 0; i < addresses.Length; i++)
        {
            preferences[i] = MaglevPreference.Of(addresses[i], slots);
        }
        return MaglevTable.Populate(slots, preferences);
    }

    private int Example()
    {
        MaglevPreference first = new(3, exampleSkip), second = new(0, 2), third = new(3, 1);
        MaglevTable whole = MaglevTable.Populate(7, [first, second, third]), without = MaglevTable.Populate(7, [first, third]);
        int equal = 0;
        for (int slot = 0; slot < 7; slot++)
        {
            equal += whole[slot] == PublishedWhole[slot] ? 1 : 0;
            equal += without[slot] * 2 == PublishedWithoutOne[slot] ? 1 : 0; // the third is the second of two
        }
        return equal;
    }
}
