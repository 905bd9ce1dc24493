using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload.Tcp;

namespace MizarLab.Workload.Applications;

/// <summary>
/// One connection: the client writes a block an interval and closes after the last; the server closes when the client has, and
/// sends everything back if the step says so. The client begins to write when it is connected. The step's timeout holds for the
/// handshake, and again from the last block to the close of both sides.
/// </summary>
internal sealed class TcpExchange : Exchange
{
    private readonly TcpStep step;
    private readonly byte[] block;
    private readonly Client client;
    private readonly Server server;
    private int blocksWritten;
    private readonly List<EndpointStack> listening = [];

    public TcpExchange(ExchangeContext context, TcpStep step)
        : base(context)
    {
        this.step = step;
        block = [.. step.Block];
        client = new Client(this);
        server = new Server(this);
    }

    public override void Start()
    {
        foreach (EndpointStack stack in Context.Receivers)
        {
            if (!stack.Tcp.TryListen(Context.ReceiverPort, server))
            {
                Refuse($"TCP port {Context.ReceiverPort} of the receiver is in use by another step");
                return;
            }
            listening.Add(stack);
        }
        GiveUpAfter(step.Timeout);
        client.Connection = Context.Sender.Tcp.TryConnect(step.SourcePort, step.To, step.Port, client);
        if (client.Connection is null)
        {
            Refuse($"TCP port {step.SourcePort} of the sender is in use by another step");
        }
    }

    protected override void SendNext()
    {
        client.Connection!.Send(block);
        if (++blocksWritten < step.Blocks)
        {
            Pacer.ArmAfter(step.Interval);
        }
        else
        {
            client.Connection.Close();
        }
    }

    protected override void CleanUp()
    {
        foreach (EndpointStack stack in listening)
        {
            stack.Tcp.StopListening(Context.ReceiverPort);
        }
        if (!client.Closed)
        {
            client.Connection?.Abort();
        }
        if (!server.Closed)
        {
            server.Connection?.Abort();
        }
    }

    protected override StepOutcome Outcome(bool complete) => new()
    {
        Step = Context.Step,
        Began = Began,
        Ended = Now,
        Sent = client.Connection is null ? 0 : 1,
        Arrived = client.Opened ? 1 : 0,
        Returned = step.Reply ? (complete && client.Bytes == (long)step.Blocks * block.Length ? 1 : 0) : -1,
        BytesSent = (long)blocksWritten * block.Length,
        BytesArrived = server.Bytes,
        BytesReturned = step.Reply ? client.Bytes : -1,
        Intact = server.Intact && client.Intact,
        Trouble = complete ? null : TroubleWith(step.To, client.Trouble()),
    };

    private void FinishIfBothEnded()
    {
        if (client.End is { } end && end != TcpEnd.Closed)
        {
            Finish(complete: false);
        }
        else if (client.Closed && server.Closed)
        {
            Finish(complete: server.End == TcpEnd.Closed);
        }
    }

    /// <summary>What both ends do: check every octet against the one sent at its place.</summary>
    private abstract class Side(TcpExchange exchange) : ITcpHandler
    {
        protected TcpExchange Exchange { get; } = exchange;

        public TcpConnection? Connection { get; set; }

        public bool Opened { get; private set; }

        public TcpEnd? End { get; private set; }

        public bool Closed => End is not null;

        public long Bytes { get; private set; }

        public bool Intact { get; private set; } = true;

        public virtual void Connected(TcpConnection connection)
        {
            Connection = connection;
            Opened = true;
        }

        public virtual void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
            byte[] block = Exchange.block;
            foreach (byte octet in octets)
            {
                Intact &= octet == block[(int)(Bytes++ % block.Length)];
            }
        }

        public virtual void PeerClosed(TcpConnection connection)
        {
        }

        public void Ended(TcpConnection connection, TcpEnd end)
        {
            if (connection == Connection)
            {
                End = end;
                Exchange.FinishIfBothEnded();
            }
        }
    }

    private sealed class Client(TcpExchange exchange) : Side(exchange)
    {
        public override void Connected(TcpConnection connection)
        {
            base.Connected(connection);
            Exchange.GiveUpAfter(new SimTime(Exchange.step.Interval.Picoseconds * (Exchange.step.Blocks - 1)) + Exchange.step.Timeout);
            Exchange.SendNext();
        }

        public string Trouble() => End switch
        {
            TcpEnd.Reset when !Opened => "connection refused",
            TcpEnd.Reset => "connection reset by the peer",
            TcpEnd.TimedOut => "the peer stopped acknowledging",
            TcpEnd.Aborted => "the endpoint went away",
            _ when !Opened => "no connection before the timeout",
            _ => "not all bytes, or not the close, came through before the timeout",
        };
    }

    private sealed class Server(TcpExchange exchange) : Side(exchange)
    {
        public override void Received(TcpConnection connection, ReadOnlySpan<byte> octets)
        {
            base.Received(connection, octets);
            if (Exchange.step.Reply)
            {
                connection.Send(octets);
            }
        }

        public override void PeerClosed(TcpConnection connection) => connection.Close();
    }
}
