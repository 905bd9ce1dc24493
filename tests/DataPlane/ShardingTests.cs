using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>The laws of the three shardings (spec §4.2, §4.4; 12 §4.2).</summary>
public sealed class ShardingTests
{
    /// <summary>Table 1 of the Maglev paper: 7 slots, preferences (3, 4), (0, 2), (3, 1); and without the second member.</summary>
    [Fact]
    public void TheGoldenVector()
    {
        MaglevPreference[] preferences = [new(3, 4), new(0, 2), new(3, 1)];

        Assert.Equal([1, 0, 1, 0, 2, 2, 0], Slots(MaglevTable.Populate(7, preferences)));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1], Slots(MaglevTable.Populate(7, [preferences[0], preferences[2]])));
    }

    [Theory]
    [InlineData(65_537, 1_000, 65, 66)]
    [InlineData(251, 128, 1, 2)]
    [InlineData(251, 7, 35, 36)]
    [InlineData(101, 3, 33, 34)]
    [InlineData(3, 5, 0, 1)]
    public void EachMemberHasAsManySlotsAsAnyOtherOrOneMore(int slots, int members, int least, int most)
    {
        MaglevPreference[] preferences = [.. Enumerable.Range(0, members).Select(i => new MaglevPreference(
            (int)(MizarHash.OfWords((uint)i, 1) % (uint)slots), (int)(MizarHash.OfWords((uint)i, 2) % ((uint)slots - 1)) + 1))];

        int[] counts = new int[members];
        foreach (int member in Slots(MaglevTable.Populate(slots, preferences)))
        {
            counts[member]++;
        }
        Assert.Equal((least, most), (counts.Min(), counts.Max()));
    }

    [Fact]
    public void WhoKnowsTheSameAddressesPicksAlikeWhateverTheOrder()
    {
        Ipv4Address[] addresses = Addresses(9);
        AddressList one = new(addresses), other = new([.. addresses.Reverse()]);
        for (uint hash = 0; hash < 2_000; hash += 7)
        {
            Assert.Equal(one[one.Maglev(251).Pick(hash)], other[other.Maglev(251).Pick(hash)]);
            Assert.Equal(one[Rendezvous.Pick(one, hash)], other[Rendezvous.Pick(other, hash)]);
        }
    }

    /// <summary>Slots that move needlessly when one of ten leaves: Maglev's few at 1 009 slots, rendezvous none.</summary>
    [Fact]
    public void AMemberThatLeavesMovesLittleBesidesItsOwn()
    {
        Ipv4Address[] addresses = Addresses(10);
        AddressList before = new(addresses), after = new(addresses.AsSpan(0, 9));
        int needless = 0, own = 0;
        for (int slot = 0; slot < 1_009; slot++)
        {
            Ipv4Address was = before[before.Maglev(1_009)[slot]], now = after[after.Maglev(1_009)[slot]];
            own += was == addresses[9] ? 1 : 0;
            needless += was != addresses[9] && was != now ? 1 : 0;
        }
        Assert.InRange(own, 100, 101);
        Assert.InRange(needless, 1, 101);
        for (uint i = 0; i < 5_000; i++)
        {
            uint hash = MizarHash.OfWords(i, i);
            Ipv4Address was = before[Rendezvous.Pick(before, hash)];
            Assert.True(was == addresses[9] || was == after[Rendezvous.Pick(after, hash)]);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(250)]
    public void OnlyAPrimeNumberOfSlotsWillDo(int slots)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Of(slots, new AddressList(Addresses(2))));
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Populate(slots, [new MaglevPreference(0, 1)]));
    }

    [Fact]
    public void PreferencesOutsideTheTableAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Populate(7, [new MaglevPreference(7, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Populate(7, [new MaglevPreference(0, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Populate(7, [new MaglevPreference(0, 7)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MaglevTable.Populate(7, []));
    }

    private static Ipv4Address[] Addresses(int count) => [.. Enumerable.Range(0, count).Select(i => new Ipv4Address(0xAC110000u + 11 + (uint)i))];

    private static int[] Slots(MaglevTable table) => [.. Enumerable.Range(0, table.Slots).Select(slot => table[slot])];
}
