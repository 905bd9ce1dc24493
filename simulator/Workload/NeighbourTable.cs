using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Workload;

/// <summary>
/// Who has which MAC on the endpoint's network, by ARP. An unknown neighbour is asked for, up to three times a second apart, while
/// frames to it wait; a request for the own address teaches the sender's and is answered; entries do not age.
/// </summary>
/// <remarks>The live backends set the kernel's sysctls to the same numbers, so that both ask equally often.</remarks>
public sealed class NeighbourTable
{
    /// <summary>Requests before a neighbour is given up.</summary>
    public const int Tries = 3;

    /// <summary>Frames that wait for one neighbour; Linux counts bytes, and this many of ours always fit.</summary>
    public const int PendingLimit = 64;

    /// <summary>Time between two requests.</summary>
    public static readonly SimTime Interval = SimTime.FromSeconds(1);

    private readonly StackSettings settings;
    private readonly INetworkPort port;
    private readonly TimerSet timers;

    // Asked for every frame that is sent: a flat table compares keys without boxing them, also before the compiler has optimised anything.
    private readonly FlatTable<Ipv4Address, int> places = new();
    private readonly List<Neighbour> neighbours = [];

    internal NeighbourTable(StackSettings settings, INetworkPort port, TimerSet timers)
    {
        this.settings = settings;
        this.port = port;
        this.timers = timers;
    }

    /// <summary>The neighbour's MAC; null while it is not known.</summary>
    public MacAddress? Find(Ipv4Address address) => Known(address)?.Mac;

    /// <summary>Whether it was asked for in vain, and has not been asked for since.</summary>
    public bool HasFailed(Ipv4Address address) => Known(address) is { Failed: true };

    /// <summary>Sends the frame to the neighbour, now or when its MAC is known. The frame's destination MAC is written here.</summary>
    public void Send(Ipv4Address nextHop, Span<byte> frame)
    {
        Neighbour neighbour = Known(nextHop) ?? Add(nextHop);
        if (neighbour.Mac is { } mac)
        {
            mac.Write(frame);
            port.Transmit(frame);
            return;
        }
        if (neighbour.Pending.Count == PendingLimit)
        {
            neighbour.Pending.Dequeue(); // The oldest goes, as in Linux.
        }
        neighbour.Pending.Enqueue(frame.ToArray());
        if (!neighbour.Timer.IsArmed)
        {
            neighbour.Failed = false;
            neighbour.Asked = 0;
            Ask(neighbour);
        }
    }

    internal void Receive(ReadOnlySpan<byte> bytes)
    {
        if (!ArpView.TryRead(bytes, out ArpView arp) || arp.HardwareType != 1 || arp.ProtocolType != EtherType.Ipv4
            || arp.SenderAddress == settings.Address)
        {
            return; // A group address as the sender's MAC is believed, as Linux does: upstream's gateways have one (spec §2.6).
        }
        bool asksForUs = arp.Operation == ArpOperation.Request && arp.TargetAddress == settings.Address;
        if (arp.SenderAddress != Ipv4Address.Any && settings.OnLink.Contains(arp.SenderAddress))
        {
            Learn(arp.SenderAddress, arp.SenderMac, create: asksForUs);
        }
        if (asksForUs)
        {
            SendArp(ArpOperation.Reply, arp.SenderMac, arp.SenderMac, arp.SenderAddress);
        }
    }

    internal void Shutdown()
    {
        foreach (Neighbour neighbour in neighbours)
        {
            neighbour.Timer.Remove();
        }
        neighbours.Clear();
        places.Clear();
    }

    private Neighbour? Known(Ipv4Address address) => places.TryGet(in address, out int place) ? neighbours[place] : null;

    private Neighbour Add(Ipv4Address address)
    {
        Neighbour added = new(address) { Mac = settings.Neighbours?.Invoke(address) };
        added.Timer = timers.Create(() => Ask(added));
        places.Put(in address, neighbours.Count);
        neighbours.Add(added);
        return added;
    }

    private void Learn(Ipv4Address address, MacAddress mac, bool create)
    {
        if ((Known(address) ?? (create ? Add(address) : null)) is not { } neighbour)
        {
            return;
        }
        neighbour.Mac = mac;
        neighbour.Failed = false;
        neighbour.Timer.Cancel();
        while (neighbour.Pending.TryDequeue(out byte[]? frame))
        {
            mac.Write(frame);
            port.Transmit(frame);
        }
    }

    private void Ask(Neighbour neighbour)
    {
        if (neighbour.Asked++ == Tries)
        {
            neighbour.Failed = true;
            neighbour.Pending.Clear();
            return;
        }
        neighbour.Timer.ArmAfter(Interval);
        SendArp(ArpOperation.Request, MacAddress.Broadcast, MacAddress.Zero, neighbour.Address);
    }

    private void SendArp(ArpOperation operation, MacAddress destination, MacAddress targetMac, Ipv4Address targetAddress)
    {
        Span<byte> frame = stackalloc byte[EthernetView.Length + ArpView.Length];
        new EthernetHeader(destination, settings.Mac, EtherType.Arp).Write(frame);
        new ArpPacket(operation, settings.Mac, settings.Address, targetMac, targetAddress).Write(frame[EthernetView.Length..]);
        port.Transmit(frame);
    }

    private sealed class Neighbour(Ipv4Address address)
    {
        public Ipv4Address Address { get; } = address;

        public MacAddress? Mac { get; set; }

        public bool Failed { get; set; }

        public int Asked { get; set; }

        public Queue<byte[]> Pending { get; } = new();

        public SimTimer Timer { get; set; } = null!;
    }
}
