using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MizarLab.Engine;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>Datagrams between two sockets of the kernel. The receiver's is open before the first is sent.</summary>
internal sealed class UdpExchange(UdpStep step, KernelClock clock, CancellationToken cancel)
{
    private const int LargestDatagram = 65_536;

    private readonly SimTime[] sentAt = new SimTime[step.Count];
    private volatile int sent;
    private readonly List<SimTime> roundTrips = [];
    private volatile bool ended;
    private volatile int arrived;
    private volatile int returned;
    private long bytesArrived;
    private long bytesReturned;
    private volatile bool intact = true;
    private string? trouble;

    /// <param name="from">The sender.</param>
    /// <param name="to">Where it may arrive.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="index">Its place in the timeline.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async Task<StepOutcome> RunAsync(LiveEndpoint from, Receivers to, UdpStep step, int index, KernelClock clock, CancellationToken cancel)
    {
        using SocketSet receivers = new(to, StackSocket.TryDatagram);
        if (!receivers.Whole)
        {
            return StackSocket.PortInUse(index, clock.Now, ProtocolType.Udp, to.Port, step.Reply);
        }
        using Socket sender = StackSocket.TryDatagram(from, step.SourcePort) ?? throw new HarnessException($"endpoint '{from.Endpoint.Name}': UDP port {step.SourcePort} is not free");
        sender.Connect(StackSocket.ToIp(step.To, step.Port));
        return await new UdpExchange(step, clock, cancel).RunAsync(sender, receivers.Sockets, index).ConfigureAwait(false);
    }

    private async Task<StepOutcome> RunAsync(Socket sender, ImmutableArray<Socket> receivers, int index)
    {
        SimTime began = clock.Now;
        Task receiving = Task.WhenAll(receivers.Select(r => DedicatedThreads.Start(() => Receive(r))));
        Task replies = step.Reply ? DedicatedThreads.Start(() => ReadReplies(sender)) : Task.CompletedTask;
        try
        {
            await DedicatedThreads.Start(() => Send(sender)).ConfigureAwait(false);
            SimTime limit = clock.Now + step.Timeout;
            while (clock.Now < limit && !IsComplete())
            {
                await Task.Delay(1, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            ended = true;
            await Task.WhenAll(receiving, replies).ConfigureAwait(false);
        }
        return new StepOutcome
        {
            Step = index,
            Began = began,
            Ended = clock.Now,
            Sent = sent,
            // What came back did arrive: of a proxied endpoint, behind which is no socket, it is the only witness.
            Arrived = Math.Max(arrived, returned),
            Returned = step.Reply ? returned : -1,
            BytesSent = (long)sent * step.Payload.Length,
            BytesArrived = Math.Max(bytesArrived, bytesReturned),
            BytesReturned = step.Reply ? bytesReturned : -1,
            Intact = intact,
            RoundTrips = [.. roundTrips],
            Trouble = trouble,
        };
    }

    private bool IsComplete() => Math.Max(arrived, returned) >= step.Count && (!step.Reply || returned >= step.Count);

    private bool Send(Socket sender)
    {
        SimTime first = clock.Now;
        for (int i = 0; i < step.Count; i++)
        {
            Pause.Until(clock, first + new SimTime(step.Interval.Picoseconds * i), cancel);
            sentAt[i] = clock.Now;
            sent = i + 1;
            try
            {
                sender.Send(step.Payload.AsSpan());
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.ConnectionRefused)
            {
                // The answer to an earlier datagram, told at the next: this one was not sent yet.
                sender.Send(step.Payload.AsSpan());
            }
            catch (SocketException error)
            {
                trouble ??= $"datagram {i + 1} was refused: {error.Message}";
            }
        }
        return true;
    }

    private bool Receive(Socket receiver)
    {
        byte[] buffer = new byte[LargestDatagram];
        SocketAddress peer = new(AddressFamily.InterNetwork);
        while (!ended)
        {
            int length;
            try
            {
                length = receiver.ReceiveFrom(buffer, SocketFlags.None, peer);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                continue;
            }
            intact &= step.Payload.AsSpan().SequenceEqual(buffer.AsSpan(0, length));
            Interlocked.Add(ref bytesArrived, length);
            if (step.Reply)
            {
                receiver.SendTo(buffer.AsSpan(0, length), SocketFlags.None, peer);
            }
            Interlocked.Increment(ref arrived);
        }
        return true;
    }

    private bool ReadReplies(Socket sender)
    {
        byte[] buffer = new byte[LargestDatagram];
        while (!ended)
        {
            if (!StackSocket.TryReceive(sender, buffer, out int length))
            {
                continue;
            }
            SimTime now = clock.Now;
            intact &= step.Payload.AsSpan().SequenceEqual(buffer.AsSpan(0, length));
            bytesReturned += length;
            if (returned < step.Count)
            {
                // Datagrams of one step are all alike: the nth answer is taken to be the nth datagram's.
                roundTrips.Add(now - sentAt[returned]);
            }
            returned++;
        }
        return true;
    }
}
