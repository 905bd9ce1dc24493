using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>
/// Puts fragments together (RFC 791, RFC 815's idea without its in-place list). A datagram that overlaps itself is thrown away, as
/// Linux does; one that is not whole after 30 s is, too.
/// </summary>
internal sealed class Reassembly(TimerSet timers)
{
    private static readonly SimTime Patience = SimTime.FromSeconds(30);
    private readonly List<Partial> partials = [];
    private byte[] whole = [];

    /// <summary>Takes a fragment; true with the whole payload when it was the last one missing. The span is good until the next call.</summary>
    public bool Add(in Ipv4View view, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        Key key = new(view.Source, view.Destination, view.Protocol, view.Id);
        Partial partial = partials.Find(p => p.Key == key) ?? Begin(key);
        bool last = (view.Flags & Ipv4Flags.MoreFragments) == 0;
        if (!partial.Add(view.FragmentUnits * 8, view.Payload, last))
        {
            End(partial);
            return false;
        }
        if (!partial.IsWhole)
        {
            return false;
        }
        whole = partial.Join();
        payload = whole;
        End(partial);
        return true;
    }

    public void Shutdown()
    {
        while (partials.Count > 0)
        {
            End(partials[^1]);
        }
    }

    private Partial Begin(Key key)
    {
        Partial begun = new(key);
        begun.Timer = timers.Create(() => End(begun));
        begun.Timer.ArmAfter(Patience);
        partials.Add(begun);
        return begun;
    }

    private void End(Partial partial)
    {
        partial.Timer.Remove();
        partials.Remove(partial);
    }

    private readonly record struct Key(Ipv4Address Source, Ipv4Address Destination, IpProtocol Protocol, ushort Id);

    private sealed class Partial(Key key)
    {
        private readonly SortedDictionary<int, byte[]> pieces = [];
        private int held;
        private int? total;

        public Key Key { get; } = key;

        public SimTimer Timer { get; set; } = null!;

        public bool IsWhole => held == total;

        /// <summary>False when the piece overlaps another or lies beyond the end.</summary>
        public bool Add(int offset, ReadOnlySpan<byte> octets, bool last)
        {
            foreach ((int start, byte[] piece) in pieces)
            {
                if (offset < start + piece.Length && start < offset + octets.Length)
                {
                    return false;
                }
            }
            if (last)
            {
                total = offset + octets.Length;
            }
            if (offset + octets.Length > total || !pieces.TryAdd(offset, octets.ToArray()))
            {
                return false;
            }
            held += octets.Length;
            return held <= (total ?? int.MaxValue);
        }

        public byte[] Join()
        {
            byte[] joined = new byte[held];
            foreach ((int start, byte[] piece) in pieces)
            {
                piece.CopyTo(joined, start);
            }
            return joined;
        }
    }
}
