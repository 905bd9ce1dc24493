using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Codecs;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Learned tables (bpf/learned.h) from both sides: what user space writes it reads back, however crowded the table, programs find what user space wrote wherever in its set it
/// stands, user space what programs learned; and a table holds what it was asked for.
/// </summary>
public sealed class LearnedMapTests : IDisposable
{
    private const int KeyBytes = 12, ValueBytes = 16;

    private BpfObject? programs;

    public void Dispose() => programs?.Dispose();

    /// <summary>Against a dictionary, at half the places: rows of few enough keys to be written over, deleted and written again.</summary>
    [RootFact]
    public void RowsAreThoseOfADictionary()
    {
        using LearnedMap map = Map(rows: 4096);
        Random random = new(1);
        Dictionary<uint, ulong> model = [];
        for (int i = 0; i < 20_000; i++)
        {
            uint key = (uint)random.Next(1_000);
            if (random.Next(4) == 0)
            {
                Assert.Equal(model.Remove(key), map.Delete(KeyOf(key)));
            }
            else
            {
                model[key] = (ulong)random.NextInt64();
                map.Update(KeyOf(key), ValueOf(model[key]));
            }
            uint other = (uint)random.Next(1_000);
            Assert.Equal(model.TryGetValue(other, out ulong value) ? value : null, Read(map, other));
        }
        Assert.Equal(model.Keys.Order(), Keys(map).Order());
        map.Clear();
        Assert.Empty(map.Keys());
        Assert.All(model.Keys, key => Assert.Null(Read(map, key)));
    }

    /// <summary>Far more rows than places: the newest is always there, and what is there is right.</summary>
    [RootFact]
    public void AFullTableKeepsTheNewest()
    {
        using LearnedMap map = Map(rows: 256);
        for (uint key = 0; key < 10_000; key++)
        {
            map.Update(KeyOf(key), ValueOf(key));
            Assert.Equal(key, Read(map, key));
        }
        uint[] kept = [.. Keys(map)];
        Assert.Equal(512, kept.Length);
        Assert.Equal(kept.Length, kept.Distinct().Count());
        Assert.All(kept, key => Assert.Equal(key, Read(map, key)));
    }

    /// <summary>As many rows as were asked for: all but some of a thousand are there (LearnedSizes says how many).</summary>
    [RootFact]
    public void ATableHoldsWhatItWasAskedFor()
    {
        const int rows = 16_384;
        using LearnedMap map = Map(rows);
        Random random = new(2);
        HashSet<uint> written = [];
        while (written.Count < rows)
        {
            uint key = (uint)random.Next();
            written.Add(key);
            map.Update(KeyOf(key), ValueOf(key));
        }
        Assert.InRange(Keys(map).Count(), (int)(rows * 0.99), rows);

        // And addresses as they come in networks, one after the other.
        map.Clear();
        for (uint i = 0; i < rows; i++)
        {
            map.Update(KeyOf(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(0x0A000000 + i)), ValueOf(i));
        }
        Assert.InRange(Keys(map).Count(), (int)(rows * 0.99), rows);
    }

    /// <summary>In a crowded table rows stand beside their own place too: an agent goes by every one of them, and by none that was deleted.</summary>
    [RootFact]
    public void ProgramsFindRowsWhereverTheyStand()
    {
        const int rows = 220;
        using BpfDataPlane bpf = Crowded();
        bpf.Execute(() =>
        {
            BpfWorld.Write(bpf);
            for (uint i = 0; i < rows; i++)
            {
                bpf.Put(BpfWorld.Droplet, Tables.DirectPath, KeyAt(i), new CachedHost(new HostAddress(BpfWorld.Host, new MacAddress(i))));
            }
            for (uint i = 0; i < rows; i += 3)
            {
                bpf.Delete(BpfWorld.Droplet, Tables.DirectPath, KeyAt(i));
            }
            for (uint i = 0; i < rows; i++)
            {
                Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, KeyAt(i).Address));
                ProgramResult result = bpf.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame);
                Assert.Equal(i % 3 == 0 ? Reason.ToBouncer : Reason.DirectPath, result.Reason);
                if (i % 3 != 0)
                {
                    Assert.Equal(new MacAddress(i), MacAddress.Read(frame.ToBytes()));
                }
            }
        });
    }

    /// <summary>What a host learns from frames user space reads, once each, also when told another host later.</summary>
    [RootFact]
    public void UserSpaceReadsWhatProgramsLearned()
    {
        const int rows = 220;
        using BpfDataPlane bpf = Crowded();
        bpf.Execute(() =>
        {
            BpfWorld.Write(bpf);
            for (uint round = 0; round < 2; round++)
            {
                for (uint i = 0; i < rows; i++)
                {
                    if (round == 1 && i % 2 == 0)
                    {
                        // As if another host had been known: the frame puts it right, in a row of its own.
                        bpf.Put(BpfWorld.Droplet, Tables.DirectPath, KeyAt(i), new CachedHost(new HostAddress(BpfWorld.Bouncer, new MacAddress(1))));
                    }
                    Frame frame = Frame.FromBytes(BpfWorld.OnWire(BpfWorld.Ping(KeyAt(i).Address, BpfWorld.Hosted)));
                    Assert.Equal(Reason.Delivered, bpf.Run(BpfWorld.Droplet, ProgramId.Transit, default, ref frame).Reason);
                }
                IReadOnlyList<KeyValuePair<EndpointKey, CachedHost>> learned = bpf.Rows(BpfWorld.Droplet, Tables.DirectPath);
                Assert.Equal(Enumerable.Range(0, rows).Select(i => KeyAt((uint)i).Address), learned.Select(row => row.Key.Address).OrderBy(address => address.Value));
                Assert.All(learned, row => Assert.Equal(new HostAddress(BpfWorld.Host, BpfWorld.MacOf(BpfWorld.Host)), row.Value.Host));
            }
        });
    }

    private static EndpointKey KeyAt(uint i) => new(BpfWorld.Vpc, new Ipv4Address(0x0A00_4000 + (i * 7)));

    /// <summary>A droplet whose direct paths have 512 places.</summary>
    private static BpfDataPlane Crowded() =>
        new(1, "000000c4", new BpfOptions { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem(LearnedSizes.DirectPath, 256) });

    private static byte[] KeyOf(uint key)
    {
        byte[] bytes = new byte[KeyBytes];
        BitConverter.TryWriteBytes(bytes, 3ul);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), key);
        return bytes;
    }

    private static byte[] ValueOf(ulong value)
    {
        byte[] bytes = new byte[ValueBytes];
        BitConverter.TryWriteBytes(bytes, value);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), ~value);
        return bytes;
    }

    private static ulong? Read(LearnedMap map, uint key)
    {
        byte[] value = new byte[ValueBytes];
        if (!map.TryLookup(KeyOf(key), value))
        {
            return null;
        }
        Assert.Equal(~BitConverter.ToUInt64(value), BitConverter.ToUInt64(value, 8));
        return BitConverter.ToUInt64(value);
    }

    private static IEnumerable<uint> Keys(LearnedMap map) => map.Keys().Chunk(KeyBytes).Select(key => BitConverter.ToUInt32(key, 8));

    private LearnedMap Map(uint rows)
    {
        BpfOptions options = new() { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem(LearnedSizes.DirectPath, rows) };
        programs = BpfObject.Load(ProgramId.Transit, options);
        return new LearnedMap(programs.Map(LearnedSizes.DirectPath), programs.Map(LearnedSizes.Sets(LearnedSizes.DirectPath)), KeyBytes);
    }
}
