using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>Called with a whole datagram for this host; the views are good during the call only.</summary>
/// <param name="toAll">The frame it came in had a group destination.</param>
internal delegate void DatagramReceived(in Ipv4View datagram, ReadOnlySpan<byte> payload, bool toAll);

/// <summary>
/// IPv4 of one interface: a datagram to the on-link prefix goes to its destination, any other to the gateway; one longer than the
/// MTU is cut into fragments, and fragments are put together again. Nothing is forwarded for others.
/// </summary>
public sealed class Ipv4Layer
{
    private const int TransportOffset = EthernetView.Length + Ipv4View.MinimumLength;
    internal const byte Ttl = 64;

    /// <summary>What IPv4 guarantees (RFC 791): no path is taken to be narrower.</summary>
    private const int SmallestMtu = 68;

    private readonly INetworkPort port;
    private readonly NeighbourTable neighbours;
    private readonly Reassembly reassembly;
    private readonly Queue<byte[]> toSelf = new();
    private readonly SimTimer selfTimer;
    private readonly SortedDictionary<Ipv4Address, int> pathMtu = [];
    private byte[] transmitBuffer = new byte[2048];
    private byte[] fragmentBuffer = [];
    private ushort nextId;

    internal Ipv4Layer(StackSettings settings, INetworkPort port, NeighbourTable neighbours, TimerSet timers, RandomStream random)
    {
        Settings = settings;
        this.port = port;
        this.neighbours = neighbours;
        reassembly = new Reassembly(timers);
        selfTimer = timers.Create(DeliverToSelf);
        nextId = random.NextUInt16();
    }

    internal event DatagramReceived? Received;

    public Ipv4Address Address => Settings.Address;

    public int MtuBytes => Settings.MtuBytes;

    internal StackSettings Settings { get; }

    /// <summary>Who is asked for on the way to a destination.</summary>
    public Ipv4Address NextHop(Ipv4Address destination) => Settings.IsOnLink(destination) ? destination : Settings.Gateway;

    /// <summary>The longest packet that goes to this destination whole, as far as it is known (RFC 1191).</summary>
    public int PathMtu(Ipv4Address destination) => pathMtu.TryGetValue(destination, out int known) ? known : MtuBytes;

    /// <summary>Whether the next hop did not answer ARP.</summary>
    public bool IsUnreachable(Ipv4Address destination) => neighbours.HasFailed(NextHop(destination));

    /// <summary>Where the transport's header and payload of the next datagram are to be written; the same bytes until it is sent.</summary>
    internal Span<byte> TransportRoom(int length)
    {
        if (transmitBuffer.Length < TransportOffset + length)
        {
            Array.Resize(ref transmitBuffer, TransportOffset + length);
        }
        return transmitBuffer.AsSpan(TransportOffset, length);
    }

    /// <summary>Sends what stands in <see cref="TransportRoom"/>.</summary>
    internal void Send(Ipv4Address destination, IpProtocol protocol, int length, bool dontFragment, byte tos = 0, byte ttl = Ttl)
    {
        Ipv4Header header = new(Address, destination, protocol)
        {
            Tos = tos,
            Id = nextId++,
            Flags = dontFragment ? Ipv4Flags.DontFragment : Ipv4Flags.None,
            Ttl = ttl,
        };
        if (Ipv4View.MinimumLength + length <= (dontFragment ? MtuBytes : PathMtu(destination)))
        {
            SendDatagram(header, transmitBuffer.AsSpan(0, TransportOffset + length));
        }
        else
        {
            SendFragments(header, length, PathMtu(destination));
        }
    }

    /// <summary>Somebody on the way says what it is too narrow for; kept for the run, for a path that widens again is none of ours.</summary>
    internal void PathNarrowed(Ipv4Address destination, int mtuBytes)
    {
        if (mtuBytes >= SmallestMtu && mtuBytes < PathMtu(destination))
        {
            pathMtu[destination] = mtuBytes;
        }
    }

    internal void Receive(ReadOnlySpan<byte> bytes, bool toAll)
    {
        if (!Ipv4View.TryRead(bytes, out Ipv4View view) || !view.ChecksumHolds || view.TotalLength > bytes.Length
            || view.Destination != Address || view.Source == Address)
        {
            return;
        }
        if (!view.IsFragment)
        {
            Received?.Invoke(view, view.Payload, toAll);
        }
        else if (reassembly.Add(view, out ReadOnlySpan<byte> whole))
        {
            Received?.Invoke(view, whole, toAll);
        }
    }

    internal void Shutdown()
    {
        selfTimer.Remove();
        reassembly.Shutdown();
    }

    /// <param name="header">Without lengths and checksum.</param>
    /// <param name="frame">The whole frame, of which the transport's part is written.</param>
    private void SendDatagram(Ipv4Header header, Span<byte> frame)
    {
        header = (header with { TotalLength = (ushort)(frame.Length - EthernetView.Length) }).WithChecksum();
        new EthernetHeader(MacAddress.Broadcast, Settings.Mac, EtherType.Ipv4).Write(frame);
        header.Write(frame[EthernetView.Length..]);
        if (header.Destination == Address)
        {
            toSelf.Enqueue(frame[EthernetView.Length..].ToArray());
            selfTimer.ArmAfter(SimTime.Zero);
        }
        else if (header.Destination == Ipv4Address.Broadcast || header.Destination == Settings.OnLink.Broadcast)
        {
            port.Transmit(frame);
        }
        else
        {
            neighbours.Send(NextHop(header.Destination), frame);
        }
    }

    /// <summary>Cuts at the largest multiple of eight bytes that fits, first fragment first, as Linux does (never with DF set).</summary>
    private void SendFragments(Ipv4Header header, int length, int mtuBytes)
    {
        int step = (mtuBytes - Ipv4View.MinimumLength) & ~7;
        if (fragmentBuffer.Length == 0)
        {
            fragmentBuffer = new byte[EthernetView.Length + MtuBytes];
        }
        for (int offset = 0; offset < length; offset += step)
        {
            int size = Math.Min(step, length - offset);
            Span<byte> frame = fragmentBuffer.AsSpan(0, TransportOffset + size);
            transmitBuffer.AsSpan(TransportOffset + offset, size).CopyTo(frame[TransportOffset..]);
            Ipv4Flags flags = offset + size < length ? Ipv4Flags.MoreFragments : Ipv4Flags.None;
            SendDatagram(header with { Flags = flags, FragmentUnits = (ushort)(offset / 8) }, frame);
        }
    }

    private void DeliverToSelf()
    {
        while (toSelf.TryDequeue(out byte[]? datagram))
        {
            if (Ipv4View.TryRead(datagram, out Ipv4View view))
            {
                Received?.Invoke(view, view.Payload, toAll: false);
            }
        }
    }
}
