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
    private volatile bool intact = true;
    private volatile bool opened;
    private long sent;
    private long arrived;
    private long returned;
    private string? trouble;

    /// <param name="from">The client.</param>
    /// <param name="to">Who has the target's address now; null when nobody has.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="index">Its place in the timeline.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async Task<StepOutcome> RunAsync(LiveEndpoint from, LiveEndpoint? to, TcpStep step, int index, KernelClock clock, CancellationToken cancel)
    {
        using Socket? listener = to is null ? null : StackSocket.Stream(to, step.Port);
        listener?.Listen(1);
        using Socket client = StackSocket.Stream(from, 0);
        return await new TcpExchange(step, clock, cancel).RunAsync(client, listener, index).ConfigureAwait(false);
    }

    private async Task<StepOutcome> RunAsync(Socket client, Socket? listener, int index)
    {
        SimTime began = clock.Now;
        Task<bool> serving = listener is null ? Task.FromResult(true) : DedicatedThreads.Start(() => Serve(listener));
        try
        {
            bool closed = await DedicatedThreads.Start(() => Talk(client)).ConfigureAwait(false);
            SimTime limit = clock.Now + step.Timeout;
            while (closed && !serving.IsCompleted && clock.Now < limit)
            {
                await Task.Delay(1, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
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
            BytesSent = sent,
            BytesArrived = arrived,
            BytesReturned = step.Reply ? returned : -1,
            Intact = intact,
            Trouble = trouble,
        };
    }

    /// <summary>The client's side: open, send block after block, close, read until the server closes.</summary>
    private bool Talk(Socket client)
    {
        if (!Connect(client))
        {
            return false;
        }
        client.NoDelay = true;
        opened = true;
        Task<bool> reading = DedicatedThreads.Start(() => ReadToEnd(client, echo: false, count => returned += count));
        bool whole = Send(client);
        if (whole)
        {
            client.Shutdown(SocketShutdown.Send);
            SimTime limit = clock.Now + step.Timeout;
            while (!reading.IsCompleted && clock.Now < limit && !cancel.IsCancellationRequested)
            {
                Thread.Sleep(1);
            }
            if (!reading.IsCompleted)
            {
                trouble ??= "the connection was not closed in time";
            }
        }
        ended |= !reading.IsCompleted;
        return reading.GetAwaiter().GetResult() && whole;
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
            SimTime limit = clock.Now + step.Timeout;
            while (!client.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectWrite))
            {
                cancel.ThrowIfCancellationRequested();
                if (clock.Now > limit)
                {
                    trouble = "the connection was not opened in time";
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
        client.SendTimeout = (int)Math.Clamp(step.Timeout.ToTimeSpan().TotalMilliseconds, 1, int.MaxValue);
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

    /// <summary>The server's side: accept one connection, read it to its end (sending everything back where that is asked), close.</summary>
    private bool Serve(Socket listener)
    {
        while (!listener.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
        {
            if (ended)
            {
                return false;
            }
        }
        using Socket connection = listener.Accept();
        connection.NoDelay = true;
        connection.ReceiveTimeout = listener.ReceiveTimeout;
        return ReadToEnd(connection, step.Reply, count => arrived += count);
    }

    private bool ReadToEnd(Socket socket, bool echo, Action<int> count)
    {
        byte[] buffer = new byte[ReadBytes];
        long place = 0;
        while (!ended)
        {
            int length = StackSocket.TryReceive(socket, buffer);
            if (length == 0)
            {
                return true;
            }
            if (length > 0)
            {
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
        return false;
    }
}
