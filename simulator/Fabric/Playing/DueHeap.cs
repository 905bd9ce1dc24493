using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>What one droplet is to do at which time, by the number of whatever does it: a binary heap of 16-byte entries; of one time the lower number is first.</summary>
internal sealed class DueHeap
{
    private (long Time, int Number)[] entries = new (long, int)[4];
    private int count;

    public SimTime First => count == 0 ? SimTime.Never : new SimTime(entries[0].Time);

    public int FirstNumber => entries[0].Number;

    public void Add(SimTime time, int number)
    {
        if (count == entries.Length)
        {
            Array.Resize(ref entries, count * 2);
        }
        int place = count++;
        while (place > 0 && IsBefore((time.Picoseconds, number), entries[(place - 1) / 2]))
        {
            entries[place] = entries[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        entries[place] = (time.Picoseconds, number);
    }

    /// <summary>Takes the first and returns its number.</summary>
    public int Take()
    {
        int number = entries[0].Number;
        count--;
        if (count > 0)
        {
            Sink(entries[count]);
        }
        return number;
    }

    /// <summary>The first is due at another time from now on.</summary>
    public void MoveFirst(SimTime time) => Sink((time.Picoseconds, entries[0].Number));

    /// <summary>Takes out all entries of a number; rare.</summary>
    public void Remove(int number)
    {
        (long Time, int Number)[] old = entries[..count];
        count = 0;
        foreach ((long time, int other) in old)
        {
            if (other != number)
            {
                Add(new SimTime(time), other);
            }
        }
    }

    private void Sink((long Time, int Number) entry)
    {
        int place = 0;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= count)
            {
                break;
            }
            if (child + 1 < count && IsBefore(entries[child + 1], entries[child]))
            {
                child++;
            }
            if (!IsBefore(entries[child], entry))
            {
                break;
            }
            entries[place] = entries[child];
            place = child;
        }
        entries[place] = entry;
    }

    private static bool IsBefore((long Time, int Number) a, (long Time, int Number) b) => a.Time < b.Time || (a.Time == b.Time && a.Number < b.Number);
}
