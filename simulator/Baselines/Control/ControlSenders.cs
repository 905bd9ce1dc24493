using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>Everybody who has messages from the beginning: one after another, never idle until all are sent.</summary>
internal sealed class ControlSenders(ControlPlane plane, ControlCosts costs, Simulation simulation, ControlReceivers receivers) : INode
{
    /// <summary>Messages that one event sends: nothing can come in between, for senders hear nobody.</summary>
    private const int AtOnce = 64;

    private readonly IEnumerator<ControlMessage>?[] left = new IEnumerator<ControlMessage>?[plane.Senders];
    private readonly long[] sent = new long[plane.Senders];
    private int first;

    public long MostRows => sent.Length == 0 ? 0 : sent.Max();

    /// <param name="inTrains">All messages at once, in the plane's trains.</param>
    public void Start(bool inTrains)
    {
        for (int sender = 0; sender < plane.Senders; sender++)
        {
            NodeId node = simulation.Add(this);
            first = node.Index - sender;
            if (inTrains)
            {
                StartTrains(sender, node);
            }
            else
            {
                left[sender] = plane.MessagesOf(sender).GetEnumerator();
                simulation.Schedule(SimTime.Zero, node, node, 0);
            }
        }
    }

    public void Handle(in SimEvent happening)
    {
        int sender = happening.Destination.Index - first;
        IEnumerator<ControlMessage> messages = left[sender]!;
        SimTime now = happening.Time;
        for (int i = 0; i < AtOnce; i++)
        {
            if (!messages.MoveNext())
            {
                messages.Dispose();
                return;
            }
            ControlMessage message = messages.Current;
            now = new SimTime(now.Picoseconds + (message.Rows * costs.Send.Picoseconds));
            sent[sender] += message.Rows;
            receivers.Send(now, happening.Destination, in message);
        }
        simulation.Schedule(now, happening.Destination, happening.Destination, 0);
    }

    private void StartTrains(int sender, NodeId node)
    {
        long send = costs.Send.Picoseconds;
        foreach (ControlTrain train in plane.TrainsOf(sender))
        {
            receivers.Send(new SimTime((train.First + 1) * send), node, train.Receiver, train.Count, new SimTime(train.Stride * send));
            sent[sender] += train.Count;
        }
    }
}
