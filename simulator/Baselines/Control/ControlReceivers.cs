using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>Everybody that messages are for: a server a session, counted as they are applied.</summary>
internal sealed class ControlReceivers : INode
{
    /// <summary>Subject: the endpoint, or −1; argument: rows.</summary>
    public const int Message = 0;

    /// <summary>Subject: how many messages; argument: picoseconds between them.</summary>
    public const int Train = 1;

    private readonly ControlPlane plane;
    private readonly ControlCosts costs;
    private readonly Simulation simulation;
    private readonly int sessions;

    /// <summary>By receiver and session.</summary>
    private readonly long[] freeAt;
    private readonly long[] endpointRows;
    private long messages, setUp, rows, relayed;
    private long last;

    public ControlReceivers(ControlPlane plane, ControlCosts costs, Simulation simulation)
    {
        (this.plane, this.costs, this.simulation) = (plane, costs, simulation);
        sessions = Math.Max(1, plane.Relays);
        Nodes = new NodeId[plane.Receivers];
        freeAt = new long[plane.Receivers * sessions];
        endpointRows = new long[plane.Receivers * sessions];
    }

    public NodeId[] Nodes { get; }

    public ControlRelays? Relays { get; set; }

    /// <summary>Has a message arrive.</summary>
    public void Send(SimTime departure, NodeId from, in ControlMessage message) =>
        simulation.Schedule(departure + costs.Link, Nodes[message.Receiver], from, Message, message.Endpoint, message.Rows);

    /// <summary>Has messages of one row arrive, the first of which departs now and the others each so much later.</summary>
    public void Send(SimTime departure, NodeId from, int receiver, int count, SimTime apart) =>
        simulation.Schedule(departure + costs.Link, Nodes[receiver], from, Train, count, apart.Picoseconds);

    public void Handle(in SimEvent happening)
    {
        int receiver = happening.Destination.Index - Nodes[0].Index;
        if (receiver < plane.Relays)
        {
            messages++;
            relayed++;
            rows += happening.Argument;
            Relays!.Take(receiver, happening.Subject, happening.Time);
            return;
        }
        int session = (receiver * sessions) + (plane.Relays == 0 ? 0 : happening.Source.Index - Relays!.FirstNode);
        long now = happening.Time.Picoseconds;
        long start = Math.Max(freeAt[session], now);
        if (happening.Kind == Train)
        {
            int count = happening.Subject;
            long lastArrival = now + ((count - 1) * happening.Argument);
            freeAt[session] = Math.Max(start + (count * costs.Apply.Picoseconds), lastArrival + costs.Apply.Picoseconds);
            messages += count;
            rows += count;
            endpointRows[session] += count;
        }
        else
        {
            freeAt[session] = start + (happening.Argument * costs.Apply.Picoseconds);
            rows += happening.Argument;
            if (happening.Subject < 0)
            {
                setUp++;
            }
            else
            {
                messages++;
                endpointRows[session] += happening.Argument;
            }
        }
        last = Math.Max(last, freeAt[session]);
    }

    public ControlOutcome Outcome(long mostRowsSent, bool oneByOne)
    {
        long all = 0, most = 0, mostBase = 0;
        int hosts = plane.Shape.Hosts;
        for (int host = 0; host < hosts; host++)
        {
            long state = plane.OwnRows(host) + MostOfSessions(plane.FirstHost + host);
            all += state;
            most = Math.Max(most, state);
            mostBase = Math.Max(mostBase, plane.BaseRows(host));
        }
        return new ControlOutcome(messages, setUp, rows, new SimTime(last), mostRowsSent)
        {
            Relayed = relayed,
            MeanState = (double)all / hosts,
            MostState = most,
            MostBaseRows = mostBase,
            OneByOne = oneByOne,
        };
    }

    /// <summary>Each session tells the same, so what a host knows is what the fullest has told.</summary>
    private long MostOfSessions(int receiver)
    {
        long most = 0;
        for (int s = receiver * sessions; receiver < plane.Receivers && s < (receiver + 1) * sessions; s++)
        {
            most = Math.Max(most, endpointRows[s]);
        }
        return most;
    }
}
