using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload;
using MizarLab.Workload.Tcp;

namespace MizarLab.Tests.Workload;

/// <summary>What happens to one frame between two stacks.</summary>
internal readonly record struct Fate(int Copies, SimTime ExtraDelay)
{
    public static readonly Fate Delivered = new(1, SimTime.Zero);
    public static readonly Fate Lost = new(0, SimTime.Zero);
}

/// <summary>Two stacks on one wire of 100 µs, whose frames a test may lose, copy or hold back. No droplets, no overlay.</summary>
internal sealed class StackPair
{
    private static readonly SimTime Delay = SimTime.FromMicroseconds(100);
    private readonly List<byte[]> inFlight = [];

    public StackPair(ulong seed = 1, int mtu = 1500, string leftName = "left", string rightName = "right", TcpSettings? tcp = null)
    {
        Left = new Side(this, 0, mtu, seed, leftName, tcp ?? TcpSettings.Default);
        Right = new Side(this, 1, mtu, seed, rightName, tcp ?? TcpSettings.Default);
    }

    public Simulation Simulation { get; } = new();

    public Side Left { get; }

    public Side Right { get; }

    /// <summary>Decides about each frame; the number counts from 0 in each direction.</summary>
    public Func<Side, int, byte[], Fate> Policy { get; set; } = (_, _, _) => Fate.Delivered;

    public List<(SimTime Time, Side From, byte[] Frame)> Sent { get; } = [];

    /// <summary>False for long transfers, whose frames nobody looks at afterwards.</summary>
    public bool Keeps { get; init; } = true;

    /// <summary>Runs for so long, or until nothing happens any more.</summary>
    public void Run(SimTime? span = null) =>
        Assert.NotEqual(RunEnd.EventLimit, Simulation.Run(span is { } some ? Simulation.Now + some : SimTime.Never, 3_000_000, CancellationToken.None));

    /// <summary>Both know each other's MAC, so that ARP is out of the way.</summary>
    public StackPair Acquainted()
    {
        Left.Stack.Icmp.SendEcho(Right.Address, 1, 1, []);
        Run();
        Sent.Clear();
        Left.Count = 0;
        Right.Count = 0;
        return this;
    }

    internal sealed class Side : INode, INetworkPort
    {
        private readonly StackPair pair;
        private readonly NodeId id;
        private readonly TimerSet timers;
        private readonly int index;

        public Side(StackPair pair, int index, int mtu, ulong seed, string name, TcpSettings tcp)
        {
            this.pair = pair;
            this.index = index;
            id = pair.Simulation.Add(this);
            timers = new TimerSet(pair.Simulation, id);
            Ipv4Prefix.TryParse("10.0.0.0/24", out Ipv4Prefix onLink);
            Address = new Ipv4Address(0x0A00_0002u + (uint)index);
            Mac = new MacAddress(0x0600_0000_0001u + (uint)index);
            Stack = new EndpointStack(new StackSettings(Mac, Address, onLink, Ipv4Address.Parse("10.0.0.1"), mtu) { Tcp = tcp }, this, timers, seed, name);
        }

        public EndpointStack Stack { get; }

        public Ipv4Address Address { get; }

        public MacAddress Mac { get; }

        public int Count { get; set; }

        private Side Other => index == 0 ? pair.Right : pair.Left;

        public void Transmit(ReadOnlySpan<byte> frame)
        {
            byte[] copy = frame.ToArray();
            if (pair.Keeps)
            {
                pair.Sent.Add((pair.Simulation.Now, this, copy));
            }
            Fate fate = pair.Policy(this, Count++, copy);
            for (int i = 0; i < fate.Copies; i++)
            {
                pair.inFlight.Add(copy);
                pair.Simulation.Schedule(pair.Simulation.Now + Delay + fate.ExtraDelay, Other.id, id, kind: 1, subject: pair.inFlight.Count - 1);
            }
        }

        public void Handle(in SimEvent happening)
        {
            if (happening.Kind == TimerSet.EventKind)
            {
                timers.Handle(in happening);
            }
            else
            {
                Stack.Receive(pair.inFlight[happening.Subject]);
            }
        }
    }
}
