using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Codecs;

namespace MizarLab.Tests.Bpf;

/// <summary>The writing side of the table of agents: which word or entry beside names which row.</summary>
public sealed class AgentRowsTests : IDisposable
{
    private const uint Capacity = 64;
    private const int First = 7;

    private BpfObject? programs;
    private AgentRows? rows;

    public void Dispose()
    {
        rows?.Dispose();
        programs?.Dispose();
    }

    [RootFact]
    public void Interfaces_that_share_a_word_are_each_found()
    {
        AgentRows table = Table(out int words, out BpfMap named, out BpfMap more);
        int second = First + words, third = First + (2 * words);
        Put(table, First, 1);
        Put(table, second, 2);
        Put(table, third, 3);
        Assert.Equal([1, 2, 3], new[] { First, second, third }.Select(ifindex => Read(table, ifindex)));
        Assert.Equal((uint)First, Word(named, First) & uint.MaxValue);
        Assert.Null(Beside(more, First));
        Assert.NotNull(Beside(more, second));

        table.Delete(First);
        Assert.Equal(0ul, Word(named, First));
        Put(table, second, 4); // stands beside, and stays there: a search looks into the word first
        Assert.Equal(0ul, Word(named, second));
        Assert.Equal(4, Read(table, second));
        table.Delete(second);
        Assert.Null(Beside(more, second));
        Assert.Equal(3, Read(table, third));
    }

    [RootFact]
    public void A_row_that_changes_is_a_new_one()
    {
        AgentRows table = Table(out _, out BpfMap named, out _);
        table.Live = true;
        Put(table, First, 1);
        ulong before = Word(named, First) >> 32;
        Put(table, First, 2);
        Assert.NotEqual(before, Word(named, First) >> 32);
        Assert.NotEqual(0ul, Word(named, First) >> 32); // the unprogrammed agent's
        Assert.Equal(2, Read(table, First));
        for (int i = 0; i < 4 * (int)Capacity; i++)
        {
            Put(table, First, 3 + i); // more often than there is memory: it rests, and is used again
        }
        Assert.Equal(2 + (4 * (int)Capacity), Read(table, First));
    }

    private static void Put(AgentRows table, int ifindex, int id)
    {
        Span<byte> row = stackalloc byte[AgentLayout.Bytes];
        AgentLayout.Write(new AgentId(id), default, default, DataPlaneSettings.Lab, row);
        table.Put(ifindex, row);
    }

    private static int Read(AgentRows table, int ifindex)
    {
        Span<byte> row = stackalloc byte[AgentLayout.Bytes];
        Assert.True(table.TryGet(ifindex, row));
        return AgentLayout.ReadId(row).Value;
    }

    private static ulong Word(BpfMap named, int ifindex)
    {
        byte[] word = new byte[sizeof(ulong)];
        Assert.True(named.TryLookup(BitConverter.GetBytes((uint)ifindex & (named.Entries - 1)), word));
        return BitConverter.ToUInt64(word);
    }

    private static uint? Beside(BpfMap more, int ifindex)
    {
        byte[] place = new byte[sizeof(uint)];
        return more.TryLookup(BitConverter.GetBytes(ifindex), place) ? BitConverter.ToUInt32(place) : null;
    }

    private AgentRows Table(out int words, out BpfMap named, out BpfMap more)
    {
        BpfOptions options = new() { Settings = DataPlaneSettings.Lab, Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem("agents", Capacity) };
        programs = BpfObject.Load(ProgramId.Agent, options);
        (named, more) = (programs.Map("agent_places"), programs.Map("agent_places_more"));
        words = (int)named.Entries;
        return rows = new AgentRows(programs.Map("agents"), named, more, options.Settings);
    }
}
