using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>A datagram an endpoint has to send.</summary>
internal struct Datagram
{
    public EndpointId To;
    public int Bytes;
    public int Flow;
    public int Asks;
    public bool IsAnswer;

    /// <summary>When its sender wanted to send it: that it waits for a MAC counts.</summary>
    public SimTime Since;
}

/// <summary>What an endpoint of a droplet knows of an address on its network, and what of somebody it has sent to.</summary>
[Flags]
internal enum Acquaintance : byte
{
    None = 0,

    /// <summary>It has sent to it.</summary>
    Spoken = 1,

    /// <summary>It has its MAC.</summary>
    Known = 2,

    /// <summary>It has asked for its MAC, and datagrams wait.</summary>
    Asked = 4,
}

/// <summary>
/// The neighbours of a droplet's endpoints, as <see cref="Workload.NeighbourTable"/> has them (three requests a second apart, at most 64 datagrams waiting each, entries
/// do not age), but in one table for all of them and without an object a neighbour.
/// </summary>
internal sealed class Neighbourhood
{
    private readonly FlatTable<Key, Entry> entries = new();
    private Waiting[] waiting = [];
    private int free = -1;
    private int used;

    /// <summary>Who is asked for, by number; what retries are counted by.</summary>
    private readonly List<Key> asked = [];
    private readonly Stack<int> freeNumbers = new();

    /// <summary>Datagrams that wait for a MAC.</summary>
    public int Pending { get; private set; }

    public Acquaintance Of(PortId port, Ipv4Address address) => entries.TryGet(new Key(port.Value, address), out Entry entry) ? entry.State : Acquaintance.None;

    public void Note(PortId port, Ipv4Address address, Acquaintance more)
    {
        Key key = new(port.Value, address);
        Entry entry = entries.TryGet(in key, out Entry known) ? known : Entry.None;
        entry.State |= more;
        entries.Put(in key, in entry);
    }

    /// <summary>Has a datagram wait.</summary>
    /// <param name="mustAsk">A number for the request that is to be sent now; null: one is under way.</param>
    /// <returns>False: the oldest had to go for it.</returns>
    public bool Wait(PortId port, Ipv4Address nextHop, in Datagram datagram, out int? mustAsk)
    {
        Key key = new(port.Value, nextHop);
        Entry entry = entries.TryGet(in key, out Entry known) ? known : Entry.None;
        int place = TakePlace();
        waiting[place] = new Waiting { Datagram = datagram, Next = -1 };
        if (entry.Last >= 0)
        {
            waiting[entry.Last].Next = place;
        }
        else
        {
            entry.First = place;
        }
        entry.Last = place;
        entry.Count++;
        Pending++;
        bool fits = entry.Count <= Workload.NeighbourTable.PendingLimit;
        if (!fits)
        {
            DropFirst(ref entry);
        }
        mustAsk = null;
        if ((entry.State & Acquaintance.Asked) == 0)
        {
            entry.State |= Acquaintance.Asked;
            entry.Tries = 1;
            entry.Number = freeNumbers.Count > 0 ? freeNumbers.Pop() : asked.Count;
            if (entry.Number == asked.Count)
            {
                asked.Add(key);
            }
            else
            {
                asked[entry.Number] = key;
            }
            mustAsk = entry.Number;
        }
        entries.Put(in key, in entry);
        return fits;
    }

    /// <summary>A second has passed since a request.</summary>
    /// <param name="number">As <see cref="Wait"/> gave it.</param>
    /// <param name="port">Who asked.</param>
    /// <param name="nextHop">For whom.</param>
    /// <param name="lost">Datagrams given up.</param>
    /// <returns>Whether to ask again.</returns>
    public bool Retry(int number, out PortId port, out Ipv4Address nextHop, out int lost)
    {
        Key key = asked[number];
        (port, nextHop, lost) = (new PortId(key.Port), key.Address, 0);
        if (!entries.TryGet(in key, out Entry entry) || (entry.State & Acquaintance.Asked) == 0 || entry.Number != number)
        {
            freeNumbers.Push(number);
            return false;
        }
        if (entry.Tries < Workload.NeighbourTable.Tries)
        {
            entry.Tries++;
            entries.Put(in key, in entry);
            return true;
        }
        lost = entry.Count;
        while (entry.Count > 0)
        {
            DropFirst(ref entry);
        }
        entry.State &= ~Acquaintance.Asked;
        entries.Put(in key, in entry);
        freeNumbers.Push(number);
        return false;
    }

    /// <summary>The MAC is known: the first datagram that waits, again and again until there is none.</summary>
    public bool TryTake(PortId port, Ipv4Address address, out Datagram datagram)
    {
        Key key = new(port.Value, address);
        datagram = default;
        if (!entries.TryGet(in key, out Entry entry) || entry.Count == 0)
        {
            return false;
        }
        datagram = waiting[entry.First].Datagram;
        DropFirst(ref entry);
        entries.Put(in key, in entry);
        return true;
    }

    /// <summary>A reply to what was asked; false when nothing was.</summary>
    public bool Learn(PortId port, Ipv4Address address)
    {
        Key key = new(port.Value, address);
        if (!entries.TryGet(in key, out Entry entry) || (entry.State & Acquaintance.Asked) == 0)
        {
            return false;
        }
        // The number stays taken until its retry comes round, or another's would find it.
        entry.State = (entry.State & ~Acquaintance.Asked) | Acquaintance.Known;
        entries.Put(in key, in entry);
        return true;
    }

    private void DropFirst(ref Entry entry)
    {
        int gone = entry.First;
        entry.First = waiting[gone].Next;
        entry.Last = entry.First < 0 ? -1 : entry.Last;
        entry.Count--;
        Pending--;
        waiting[gone].Next = free;
        free = gone;
    }

    private int TakePlace()
    {
        if (free >= 0)
        {
            int place = free;
            free = waiting[place].Next;
            return place;
        }
        if (used == waiting.Length)
        {
            Array.Resize(ref waiting, Math.Max(4, used * 2));
        }
        return used++;
    }

    private readonly record struct Key(int Port, Ipv4Address Address);

    private struct Entry
    {
        public static readonly Entry None = new() { First = -1, Last = -1 };

        public int First;
        public int Last;
        public int Number;
        public ushort Count;
        public byte Tries;
        public Acquaintance State;
    }

    private struct Waiting
    {
        public Datagram Datagram;
        public int Next;
    }
}
