using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Where a member begins in a Maglev table, and by how many slots it goes on: its preference list is (offset + j · skip) mod slots.</summary>
public readonly record struct MaglevPreference(int Offset, int Skip)
{
    /// <summary>Of a member with this address: both by Mizar's hash of it.</summary>
    /// <param name="slots">Of the table, a prime.</param>
    public static MaglevPreference Of(Ipv4Address member, int slots) => new(
        (int)(MizarHash.OfWords(member.WireWord, 1) % (uint)slots),
        (int)(MizarHash.OfWords(member.WireWord, 2) % ((uint)slots - 1)) + 1);
}

/// <summary>
/// A Maglev lookup table (Eisenbud and others, NSDI 2016, pseudocode 1; spec §4.4, 12 §4.2): members take turns at claiming the next free slot of their
/// preference list, so that each gets ⌊slots / members⌋ or one more, and a member that comes or goes moves little besides its own.
/// </summary>
/// <example><code>
/// MaglevTable table = MaglevTable.Of(251, bouncers);
/// Ipv4Address bouncer = bouncers[table.Pick(hash)];
/// </code></example>
public sealed class MaglevTable
{
    private readonly ushort[] members;

    private MaglevTable(ushort[] members) => this.members = members;

    /// <summary>Slots of the table, a prime.</summary>
    public int Slots => members.Length;

    /// <summary>The member that has a slot.</summary>
    public int this[int slot] => members[slot];

    /// <summary>The member a hash picks.</summary>
    public int Pick(uint hash) => members[hash % (uint)members.Length];

    /// <summary>Populates a table by given preferences, in the order of their list.</summary>
    /// <param name="slots">A prime, so that each preference list names every slot.</param>
    /// <param name="preferences">At least one; offsets below <paramref name="slots"/>, skips from 1 to one less.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not so.</exception>
    public static MaglevTable Populate(int slots, ReadOnlySpan<MaglevPreference> preferences)
    {
        ThrowIfNotPrime(slots);
        if (preferences.Length is 0 or > ushort.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(preferences), preferences.Length, "a Maglev table has 1 to 65535 members");
        }
        int[] next = new int[preferences.Length];
        for (int i = 0; i < next.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)preferences[i].Offset, (uint)slots, "offset");
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)preferences[i].Skip - 1, (uint)slots - 1, "skip");
            next[i] = preferences[i].Offset;
        }
        const ushort free = ushort.MaxValue;
        ushort[] members = new ushort[slots];
        Array.Fill(members, free);
        for (int claimed = 0; claimed < slots;)
        {
            for (int i = 0; i < next.Length && claimed < slots; i++, claimed++)
            {
                int slot = next[i];
                while (members[slot] != free)
                {
                    slot = After(slot, preferences[i].Skip, slots);
                }
                members[slot] = (ushort)i;
                next[i] = After(slot, preferences[i].Skip, slots);
            }
        }
        return new MaglevTable(members);
    }

    /// <summary>
    /// A table of addresses as droplets shard by: they take turns in ascending order, whatever their order in the list, so that all who know the same addresses
    /// pick alike; offset and skip by Mizar's hash of the address. Members are places in the list.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a prime, or no address.</exception>
    public static MaglevTable Of(int slots, in AddressList addresses)
    {
        ThrowIfNotPrime(slots);
        int[] order = new int[addresses.Count];
        ulong[] ranks = new ulong[addresses.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            ranks[i] = ((ulong)addresses[i].Value << 32) | (uint)i;
        }
        Array.Sort(ranks, order);
        MaglevPreference[] preferences = new MaglevPreference[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            preferences[i] = MaglevPreference.Of(addresses[order[i]], slots);
        }
        MaglevTable table = Populate(slots, preferences);
        for (int slot = 0; slot < slots; slot++)
        {
            table.members[slot] = (ushort)order[table.members[slot]];
        }
        return table;
    }

    private static int After(int slot, int skip, int slots)
    {
        int after = slot + skip;
        return after < slots ? after : after - slots;
    }

    private static void ThrowIfNotPrime(int slots)
    {
        if (!IsPrime(slots))
        {
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "a Maglev table has a prime number of slots");
        }
    }

    /// <summary>Whether a table can have so many slots.</summary>
    public static bool IsPrime(int number)
    {
        for (int divisor = 2; (long)divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }
        return number >= 2;
    }
}
