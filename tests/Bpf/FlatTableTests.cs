using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Codecs;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The writing side of a flat table while programs may run (<see cref="FlatTable.Live"/>): a withdrawn row's memory rests, so that a program that found the row
/// a moment before reads it whole; and however fast rows are written, the newest is the one there is.
/// </summary>
public sealed class FlatTableTests : IDisposable
{
    private const int Capacity = 100, RowBytes = 32, RowsABucket = 2, AddressAt = 8;

    /// <summary>What a row rests (FlatTable.Rest).</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private BpfObject? programs;
    private DropletCell? cell;

    public void Dispose()
    {
        cell?.Dispose();
        programs?.Dispose();
    }

    [RootFact]
    public void WithdrawnMemoryRestsWhileProgramsRun()
    {
        FlatTable table = Table(out BpfMap memory);
        using (table)
        {
            // Without programs there is nobody to wait for: the same writes use the memory at once. It is how we know that this test sees anything.
            Assert.NotEqual(0, UsedAnew(table, memory, out _));
            table.Clear();
            table.Live = true;
            int anew;
            TimeSpan taken;
            int attempts = 0;
            do
            {
                // A machine that sleeps in between says nothing.
                Thread.Sleep(Rest * 2);
                anew = UsedAnew(table, memory, out taken);
            }
            while (taken >= Rest && ++attempts < 20);
            Assert.Equal(0, anew);
            Assert.True(taken < Rest, "this machine was too slow to see anything");

            // And rested memory is used again: more rows came and went by now than the table has room for.
            for (int round = 0; round < 4; round++)
            {
                Thread.Sleep(Rest * 2);
                UsedAnew(table, memory, out _);
            }
            Assert.Equal(0, table.Count);
        }
    }

    [RootFact]
    public void RowsWrittenFasterThanTheyRestAreTheNewest()
    {
        FlatTable table = Table(out BpfMap memory);
        using (table)
        {
            table.Live = true;
            FlatKey key = KeyOf(7);
            int places = (int)memory.Entries * RowsABucket;
            Stopwatch watch = Stopwatch.StartNew();
            for (int i = 1; i <= 4 * places; i++)
            {
                table.Put(key, new FlatValue((ulong)i, ~(ulong)i));
                Assert.True(table.TryGet(key, out FlatValue read) && read == new FlatValue((ulong)i, ~(ulong)i));
            }

            // A key may stand in two buckets and behind them; four times all there is cannot be written without waiting for rows to rest.
            Assert.True(watch.Elapsed > Rest, $"{4 * places} writes in {watch.Elapsed}: nothing rested");
            Assert.Equal([new FlatValue((ulong)(4 * places), ~(ulong)(4 * places))], Standing(memory).Where(row => row.Key == key).Select(row => row.Value));
            Assert.Equal([(key, new FlatValue((ulong)(4 * places), ~(ulong)(4 * places)))], table.Rows());
            Assert.True(table.Delete(key));
            Assert.Empty(Standing(memory));
        }
    }

    /// <summary>Fills the table, withdraws all, fills it with others: how many rows' memory was used anew, and in which time. Leaves it empty.</summary>
    private static int UsedAnew(FlatTable table, BpfMap memory, out TimeSpan taken)
    {
        for (uint i = 0; i < Capacity / 2; i++)
        {
            table.Put(KeyOf(i), new FlatValue(i, 0x5EED));
        }
        Stopwatch watch = Stopwatch.StartNew();
        for (uint i = 0; i < Capacity / 2; i++)
        {
            table.Delete(KeyOf(i));
        }
        for (uint i = 0; i < Capacity / 2; i++)
        {
            table.Put(KeyOf(1000 + i), new FlatValue(i, 0xF00D));
        }
        taken = watch.Elapsed;
        int whole = Memory(memory).Count(row => row.Value.High == 0x5EED);
        for (uint i = 0; i < Capacity / 2; i++)
        {
            table.Delete(KeyOf(1000 + i));
        }
        return (Capacity / 2) - whole;
    }

    private static FlatKey KeyOf(uint number) => FlatKey.Of(new Vni(3), new Ipv4Address(0x0A00_0000 + number));

    /// <summary>Rows as a program finds them.</summary>
    private static IEnumerable<(FlatKey Key, FlatValue Value)> Standing(BpfMap memory) => Memory(memory).Where(row => row.Key.AddressUsed != 0);

    /// <summary>All of the map, withdrawn rows too.</summary>
    private static List<(FlatKey Key, FlatValue Value)> Memory(BpfMap memory)
    {
        List<(FlatKey, FlatValue)> rows = [];
        byte[] key = new byte[4], bucket = new byte[RowBytes * RowsABucket];
        for (uint i = 0; i < memory.Entries; i++)
        {
            BitConverter.TryWriteBytes(key, i);
            Assert.True(memory.TryLookup(key, bucket));
            for (int at = 0; at < bucket.Length; at += RowBytes)
            {
                rows.Add((new FlatKey(BitConverter.ToUInt64(bucket, at), BitConverter.ToUInt64(bucket, at + AddressAt)), FlatValue.Read(bucket.AsSpan(at + 16))));
            }
        }
        return rows;
    }

    private FlatTable Table(out BpfMap memory)
    {
        BpfOptions options = new() { Sizes = ImmutableSortedDictionary<string, uint>.Empty.SetItem(FlatSizes.Endpoints, Capacity) };
        programs = BpfObject.Load(ProgramId.Transit, options);
        memory = programs.Map(FlatSizes.Endpoints);
        return new FlatTable(memory, programs.Map(FlatSizes.Beside(FlatSizes.Endpoints)), cell = new DropletCell(programs.Map(DropletCell.Map)), 0, Capacity);
    }
}
