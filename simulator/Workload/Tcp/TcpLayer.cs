using System.Buffers.Binary;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload.Tcp;

/// <summary>The TCP of one stack: who listens, which connections there are, and RST to everything else.</summary>
public sealed class TcpLayer
{
    /// <summary>What a peer takes that says nothing (RFC 9293 §3.7.1).</summary>
    public const int DefaultSegmentLimit = 536;

    private const int HeaderLength = TcpView.MinimumLength;
    private const byte MaximumSegmentOption = 2;

    /// <summary>ECT(0) of the type-of-service byte (RFC 3168 §5).</summary>
    private const byte EcnCapable = 2;
    private const int FirstEphemeralPort = 32768;
    private const int EphemeralPorts = 60999 - FirstEphemeralPort + 1;

    private readonly Ipv4Layer ip;
    private readonly RandomStream random;
    private readonly Dictionary<TcpEnds, TcpConnection> connections = [];
    private readonly SortedDictionary<ushort, ITcpHandler> listeners = [];

    internal TcpLayer(Ipv4Layer ip, TimerSet timers, RandomStream random)
    {
        this.ip = ip;
        this.random = random;
        Timers = timers;
        SegmentLimit = ip.MtuBytes - Ipv4View.MinimumLength - HeaderLength;
    }

    /// <summary>How many connections exist, those in TIME-WAIT too.</summary>
    public int Connections => connections.Count;

    internal TimerSet Timers { get; }

    internal TcpSettings Settings => ip.Settings.Tcp;

    /// <summary>Largest payload that fits the interface's MTU.</summary>
    internal int SegmentLimit { get; }

    /// <summary>Accepts connections to this port; false when somebody listens there already.</summary>
    public bool TryListen(ushort port, ITcpHandler handler) => listeners.TryAdd(port, handler);

    /// <summary>Accepts no more; connections that exist go on.</summary>
    public void StopListening(ushort port) => listeners.Remove(port);

    /// <summary>Begins to connect, from a free ephemeral port.</summary>
    public TcpConnection Connect(Ipv4Address remote, ushort port, ITcpHandler handler)
    {
        TcpEnds ends;
        do
        {
            ends = new TcpEnds((ushort)(FirstEphemeralPort + random.NextBelow(EphemeralPorts)), remote, port);
        }
        while (Find(ends) is not null || listeners.ContainsKey(ends.LocalPort));
        return Open(ends, handler);
    }

    /// <summary>Begins to connect from a given port; null when it is taken. Port 0: any that is free.</summary>
    public TcpConnection? TryConnect(ushort localPort, Ipv4Address remote, ushort port, ITcpHandler handler)
    {
        if (localPort == 0)
        {
            return Connect(remote, port, handler);
        }
        TcpEnds ends = new(localPort, remote, port);
        return Find(ends) is not null || listeners.ContainsKey(localPort) ? null : Open(ends, handler);
    }

    /// <summary>The path to a peer is narrower than was thought (RFC 1191 §6.5).</summary>
    internal void PathNarrowed(TcpEnds ends, int mtuBytes) => Find(ends)?.PathNarrowed(mtuBytes - Ipv4View.MinimumLength - HeaderLength);

    private TcpConnection Open(TcpEnds ends, ITcpHandler handler)
    {
        TcpConnection connection = Add(ends, handler);
        connection.OpenActively();
        return connection;
    }

    /// <param name="isMarked">The IP header's ECN field says that congestion was met.</param>
    internal void Receive(Ipv4Address source, Ipv4Address destination, bool isMarked, ReadOnlySpan<byte> bytes)
    {
        if (!TcpView.TryRead(bytes, out TcpView view) || !view.IsWellFormed || !view.ChecksumHolds(source, destination))
        {
            return;
        }
        TcpFields fields = new(
            new SequenceNumber(view.Sequence),
            new SequenceNumber(view.Acknowledgement),
            view.Flags,
            view.Window,
            (view.Flags & TcpFlags.Syn) != 0 ? MaximumSegmentOf(view.Options) : null);
        TcpSegment segment = new(new TcpEnds(view.DestinationPort, source, view.SourcePort), fields, view.Payload, isMarked);
        if (Find(segment.Ends) is { } connection)
        {
            connection.Receive(segment);
        }
        else if ((view.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Reset)) == TcpFlags.Syn
            && listeners.TryGetValue(view.DestinationPort, out ITcpHandler? handler))
        {
            Add(segment.Ends, handler).OpenPassively(segment);
        }
        else
        {
            Refuse(segment);
        }
    }

    /// <summary>Answers a segment that belongs to nothing (RFC 9293 §3.10.7.1); never a reset.</summary>
    internal void Refuse(in TcpSegment segment)
    {
        TcpFields fields = segment.Fields;
        if (fields.Has(TcpFlags.Reset))
        {
            return;
        }
        SendSegment(
            segment.Ends,
            fields.Has(TcpFlags.Ack)
                ? new TcpFields(fields.Acknowledgement, default, TcpFlags.Reset, 0, null)
                : new TcpFields(default, fields.Sequence + segment.Length, TcpFlags.Reset | TcpFlags.Ack, 0, null),
            payloadLength: 0);
    }

    /// <summary>Where the payload of the next segment is to be written.</summary>
    internal Span<byte> PayloadRoom(int length) => ip.TransportRoom(HeaderLength + length)[HeaderLength..];

    /// <summary>Sends a segment whose payload lies in <see cref="PayloadRoom"/> already.</summary>
    /// <param name="mayBeMarked">Sent as ECT(0).</param>
    internal void SendSegment(TcpEnds ends, TcpFields fields, int payloadLength, bool mayBeMarked = false)
    {
        OptionBytes options = default;
        if (fields.MaximumSegment is { } maximum)
        {
            Span<byte> option = [MaximumSegmentOption, 4, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(option[2..], maximum);
            options = new OptionBytes(option);
        }
        TcpHeader header = new(ends.LocalPort, ends.RemotePort, fields.Sequence.Value, fields.Acknowledgement.Value, fields.Flags)
        {
            Window = fields.Window,
            Options = options,
        };
        Span<byte> segment = ip.TransportRoom(header.Length + payloadLength);
        header.Write(segment);
        BinaryPrimitives.WriteUInt16BigEndian(
            segment[TcpView.ChecksumOffset..], InternetChecksum.ComputeTcp(ip.Address, ends.Remote, segment));
        ip.Send(ends.Remote, IpProtocol.Tcp, segment.Length, dontFragment: true, tos: mayBeMarked ? EcnCapable : (byte)0);
    }

    internal void Remove(TcpConnection connection) => connections.Remove(connection.Ends);

    internal void Shutdown()
    {
        foreach (TcpConnection connection in connections.Values.OrderBy(c => (c.Ends.LocalPort, c.Ends.RemotePort, c.Ends.Remote)).ToArray())
        {
            connection.Vanish();
        }
        listeners.Clear();
    }

    private static ushort? MaximumSegmentOf(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                return null;
            }
            if (options[0] == MaximumSegmentOption && options[1] == 4)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            }
            options = options[options[1]..];
        }
        return null;
    }

    private TcpConnection? Find(TcpEnds ends) => connections.GetValueOrDefault(ends);

    private TcpConnection Add(TcpEnds ends, ITcpHandler handler)
    {
        TcpConnection connection = new(this, ends, new SequenceNumber(random.NextUInt32()), handler);
        connections.Add(ends, connection);
        return connection;
    }
}
