using System.Collections.Immutable;
using System.Net.Sockets;
using MizarLab.Engine;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>One TCP connection between two sockets of the kernel; the server listens before the client's first segment.</summary>
internal sealed class TcpExchange(TcpStep step, KernelClock clock, CancellationToken cancel)
{
    private const int ReadBytes = 65_536;

    private volatile bool ended;
    private volatile bool broken;
    private volatile bool complete;
    private SimTime deadline;
    private volatile bool intact = true;
    private volatile bool opened;
    private long sent;
    private long arrived;
    private long returned;
    private string? trouble;

    /// <param name="from">The client.</param>
    /// <param name="to">Where it may arrive.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="index">Its place in the timeline.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async Task<StepOutcome> RunAsync(LiveEndpoint from, Receivers to, TcpStep step, int index, KernelClock clock, CancellationToken cancel)
    {
        using SocketSet listeners = new(to, StackSocket.TryStream);
        if (!listeners.Whole)
        {
            return StackSocket.PortInUse(index, clock.Now, ProtocolType.Tcp, to.Port, step.Reply);
        }
        foreach (Socket listener in listeners.Sockets)
        {
            listener.Listen(1);
        }
        using Socket client = StackSocket.TryStream(from, step.SourcePort) ?? throw new HarnessException($"endpoint '{from.Endpoint.Name}': TCP port {step.SourcePort} is not free");
        return await new TcpExchange(step, clock, cancel).RunAsync(client, listeners.Sockets, index).ConfigureAwait(false);
    }

    private async Task<StepOutcome> RunAsync(Socket client, ImmutableArray<Socket> listeners, int index)
    {
        SimTime began = clock.Now;
        Task<bool> serving = listeners.IsEmpty ? Task.FromResult(false) : DedicatedThreads.Start(() => Serve(listeners));
        try
        {
            complete = await DedicatedThreads.Start(() => Talk(client)).ConfigureAwait(false);
            while (complete && !serving.IsCompleted && clock.Now < deadline)
            {
                await Task.Delay(1, cancel).ConfigureAwait(false);
            }
            complete &= serving.IsCompleted;
        }
        finally
        {
            // The client first, so that it is the one who breaks off what did not end in order.
            Close(client);
            ended = true;
            await serving.ConfigureAwait(false);
        }
        return new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = clock.Now,
            Sent = 1,
            Arrived = opened ? 1 : 0,
            Returned = step.Reply ? (complete && returned == sent ? 1 : 0) : -1,
            BytesSent = sent,
            BytesArrived = arrived,
            BytesReturned = step.Reply ? returned : -1,
            Intact = intact,
            Trouble = complete ? null : trouble ?? "not all bytes, or not the close, came through before the timeout",
        };
    }

    /// <summary>The client's side: open, send block after block, close, read until the server closes; whether all of it went well.</summary>
    private bool Talk(Socket client)
    {
        deadline = clock.Now + step.Timeout;
        if (!Connect(client))
        {
            return false;
        }
        opened = true;
        // From the last block on, the same time again for both sides to close.
        deadline = clock.Now + new SimTime(step.Interval.Picoseconds * (step.Blocks - 1)) + step.Timeout;
        client.NoDelay = true;
        Task<bool> reading = DedicatedThreads.Start(() => ReadToEnd(client, echo: false, count => returned += count, () => broken));
        bool whole = Send(client);
        if (whole)
        {
            client.Shutdown(SocketShutdown.Send);
        }
        while (whole && !reading.IsCompleted && clock.Now < deadline && !cancel.IsCancellationRequested)
        {
            Thread.Sleep(1);
        }
        broken |= !reading.IsCompleted;
        return reading.GetAwaiter().GetResult() && whole;
    }

    /// <summary>Closes in order what ended in order; breaks off (RST) what did not.</summary>
    private void Close(Socket socket)
    {
        if (!complete)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        socket.Dispose();
    }

    private bool Connect(Socket client)
    {
        // The kernel's own limit is minutes; ours is the step's.
        client.Blocking = false;
        try
        {
            client.Connect(StackSocket.ToIp(step.To, step.Port));
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            while (!client.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectWrite))
            {
                cancel.ThrowIfCancellationRequested();
                if (clock.Now > deadline)
                {
                    trouble = "no connection before the timeout";
                    return false;
                }
            }
        }
        catch (SocketException error)
        {
            trouble = $"the connection was not opened: {error.Message}";
            return false;
        }
        client.Blocking = true;
        if (client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int code && code != 0)
        {
            trouble = $"the connection was not opened: {new SocketException(code).Message}";
            return false;
        }
        return true;
    }

    private bool Send(Socket client)
    {
        client.SendTimeout = (int)Math.Clamp((deadline - clock.Now).ToTimeSpan().TotalMilliseconds, 1, int.MaxValue);
        SimTime first = clock.Now;
        for (int i = 0; i < step.Blocks; i++)
        {
            Pause.Until(clock, first + new SimTime(step.Interval.Picoseconds * i), cancel);
            try
            {
                client.Send(step.Block.AsSpan());
                sent += step.Block.Length;
            }
            catch (SocketException error)
            {
                trouble ??= $"block {i + 1} was not sent: {error.Message}";
                return false;
            }
        }
        return true;
    }

    /// <summary>The server's side: accept one connection, at whichever receiver it comes to, read it to its end (sending everything back where that is asked), close.</summary>
    private bool Serve(ImmutableArray<Socket> listeners)
    {
        Socket? called = null;
        TimeSpan look = TimeSpan.FromMilliseconds(20) / listeners.Length;
        while (called is null)
        {
            if (ended)
            {
                return false;
            }
            called = listeners.FirstOrDefault(l => l.Poll(look, SelectMode.SelectRead));
        }
        Socket connection = called.Accept();
        try
        {
            connection.NoDelay = true;
            connection.ReceiveTimeout = called.ReceiveTimeout;
            bool whole = ReadToEnd(connection, step.Reply, count => arrived += count, () => ended);
            if (!whole)
            {
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            return whole;
        }
        finally
        {
            connection.Dispose();
        }
    }

    /// <summary>Reads until the peer closes and checks every byte against the one sent at its place; false when it did not come to that.</summary>
    private bool ReadToEnd(Socket socket, bool echo, Action<int> count, Func<bool> stop)
    {
        byte[] buffer = new byte[ReadBytes];
        long place = 0;
        try
        {
            while (!stop())
            {
                if (!StackSocket.TryReceive(socket, buffer, out int length))
                {
                    continue;
                }
                if (length == 0)
                {
                    return true;
                }
                for (int i = 0; i < length; i++)
                {
                    intact &= buffer[i] == step.Block[(int)((place + i) % step.Block.Length)];
                }
                place += length;
                count(length);
                if (echo)
                {
                    socket.Send(buffer.AsSpan(0, length));
                }
            }
        }
        catch (SocketException error)
        {
            trouble ??= error.SocketErrorCode == SocketError.ConnectionReset ? "connection reset by the peer" : error.Message;
        }
        return false;
    }
}
