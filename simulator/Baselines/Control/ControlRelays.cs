using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>
/// Route reflectors: each takes what it gets in, one after another, and walks its clients for each, a step a client; the step of the client it is from sends nothing.
/// </summary>
internal sealed class ControlRelays(ControlPlane plane, ControlCosts costs, Simulation simulation, ControlReceivers receivers, bool oneByOne) : INode
{
    /// <summary>Copies that one event sends: what comes meanwhile waits anyway.</summary>
    private const int AtOnce = 64;

    private readonly Relay[] relays = [.. Enumerable.Range(0, plane.Relays).Select(_ => new Relay())];

    /// <summary>The node number of the first relay's sending side: a session's other end.</summary>
    public int FirstNode { get; private set; }

    public long MostRows => relays.Length == 0 ? 0 : relays.Max(r => r.Sent);

    public void AddNodes()
    {
        for (int i = 0; i < relays.Length; i++)
        {
            NodeId node = simulation.Add(this);
            FirstNode = node.Index - i;
        }
    }

    /// <summary>An update about an endpoint has come.</summary>
    public void Take(int number, int endpoint, SimTime now)
    {
        Relay relay = relays[number];
        relay.Waiting.Add(endpoint);
        if (!relay.IsBusy)
        {
            relay.IsBusy = true;
            Wake(number, relay.Free > now ? relay.Free : now);
        }
    }

    public void Handle(in SimEvent happening)
    {
        int number = happening.Destination.Index - FirstNode;
        Relay relay = relays[number];
        if (oneByOne)
        {
            SendSome(relay, happening.Destination, happening.Time);
        }
        else
        {
            SendAll(relay, happening.Destination, happening.Time);
        }
        if (relay.Client == 0)
        {
            if (relay.Next == relay.Waiting.Count)
            {
                relay.IsBusy = false;
                return;
            }
            Wake(number, relay.Free);
        }
        else
        {
            Wake(number, StepTime(relay.Base, relay.Client));
        }
    }

    private void Wake(int number, SimTime at)
    {
        NodeId node = new(FirstNode + number);
        simulation.Schedule(at, node, node, 0);
    }

    private SimTime StepTime(SimTime start, long steps) => new(start.Picoseconds + (steps * costs.Send.Picoseconds));

    private int OwnerOf(int endpoint) => plane.Shape.HostOf(endpoint);

    /// <summary>The next few copies of one update.</summary>
    private void SendSome(Relay relay, NodeId node, SimTime now)
    {
        if (relay.Client == 0)
        {
            relay.Base = now + costs.Apply;
        }
        int endpoint = relay.Waiting[relay.Next];
        int end = Math.Min(plane.Shape.Hosts, relay.Client + AtOnce);
        for (int host = relay.Client; host < end; host++)
        {
            if (host != OwnerOf(endpoint))
            {
                receivers.Send(StepTime(relay.Base, host + 1), node, new ControlMessage(plane.FirstHost + host, endpoint, 1));
                relay.Sent++;
            }
        }
        relay.Client = end;
        if (end == plane.Shape.Hosts)
        {
            relay.Free = StepTime(relay.Base, end);
            relay.Client = 0;
            relay.Next++;
        }
    }

    /// <summary>All copies of all updates that wait: a train a client, broken where an update is the client's own.</summary>
    private void SendAll(Relay relay, NodeId node, SimTime now)
    {
        int hosts = plane.Shape.Hosts;
        int count = relay.Waiting.Count - relay.Next;
        SimTime apart = new(costs.Apply.Picoseconds + (hosts * costs.Send.Picoseconds));
        Management.Grouping own = new(count, hosts, i => OwnerOf(relay.Waiting[relay.Next + i]));
        for (int host = 0; host < hosts; host++)
        {
            int from = 0;
            foreach (int skipped in own.Of(host))
            {
                SendTrain(host, from, skipped);
                from = skipped + 1;
            }
            SendTrain(host, from, count);
        }
        relay.Next += count;
        relay.Free = new SimTime(now.Picoseconds + (count * apart.Picoseconds));

        void SendTrain(int host, int from, int to)
        {
            if (from < to)
            {
                SimTime begun = new(now.Picoseconds + (from * apart.Picoseconds) + costs.Apply.Picoseconds);
                receivers.Send(StepTime(begun, host + 1), node, plane.FirstHost + host, to - from, apart);
                relay.Sent += to - from;
            }
        }
    }

    private sealed class Relay
    {
        /// <summary>Endpoints it was told of, in order; those before <see cref="Next"/> are done.</summary>
        public List<int> Waiting { get; } = [];

        public int Next;

        /// <summary>The client whose copy comes next; 0: the next update is not begun.</summary>
        public int Client;
        public bool IsBusy;

        /// <summary>When the update at hand was taken in.</summary>
        public SimTime Base;
        public SimTime Free;
        public long Sent;
    }
}
