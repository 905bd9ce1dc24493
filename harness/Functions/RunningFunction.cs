using MizarLab.Harness.Backends;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload.Proxied;

namespace MizarLab.Harness.Functions;

/// <summary>A frame a function was given or sent, at a port that no tap sees.</summary>
internal readonly record struct FunctionFrame(EndpointId Endpoint, DropletId Droplet, bool Sent, long RealtimeNanoseconds, byte[] Bytes)
{
    public Sighting ToSighting(KernelClock clock) => new()
    {
        Time = clock.FromRealtime(RealtimeNanoseconds),
        Kind = Sent ? SightingKind.EndpointSent : SightingKind.EndpointReceived,
        Droplet = Droplet,
        Endpoint = Endpoint,
        FrameIn = Bytes,
        FrameOut = Bytes,
    };
}

/// <summary>One function at its port, on a thread of its own from when this is made until it is disposed of.</summary>
internal sealed class RunningFunction : IDisposable
{
    private const int LargestFrame = 65_536;

    /// <summary>How soon a function notices that it is to end.</summary>
    private const int PollMilliseconds = 20;

    private readonly IFunctionPort port;
    private readonly IUserSpaceFunction function;
    private readonly LiveEndpoint endpoint;
    private readonly List<FunctionFrame> seen = [];
    private readonly Thread thread;
    private volatile bool ending;
    private Exception? failure;

    public RunningFunction(IFunctionPort port, IUserSpaceFunction function, LiveEndpoint endpoint)
    {
        this.port = port;
        this.function = function;
        this.endpoint = endpoint;
        thread = new Thread(Run) { IsBackground = true, Name = $"function of {endpoint.Endpoint.Name}" };
        thread.Start();
    }

    /// <summary>Ends it; what it saw, when no tap did, and how many frames found no room.</summary>
    /// <exception cref="HarnessException">It had ended by itself.</exception>
    public (IReadOnlyList<FunctionFrame> Seen, long Lost) Finish()
    {
        Stop();
        long lost = failure is null ? port.Lost : 0;
        port.Dispose();
        return failure is null
            ? (seen, lost)
            : throw new HarnessException($"the function of endpoint '{endpoint.Endpoint.Name}' failed: {failure.Message}", failure);
    }

    public void Dispose()
    {
        Stop();
        port.Dispose();
    }

    private void Stop()
    {
        ending = true;
        thread.Join();
    }

    private void Run()
    {
        byte[] frame = new byte[LargestFrame], answer = new byte[LargestFrame];
        try
        {
            while (!ending)
            {
                port.Wait(PollMilliseconds);
                for (int bytes = port.Receive(frame); bytes > 0; bytes = port.Receive(frame))
                {
                    Answer(frame.AsSpan(0, bytes), answer);
                }
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
    }

    private void Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
    {
        Note(sent: false, frame);
        int bytes = function.Answer(frame, answer);
        if (bytes > 0)
        {
            // Noted before it is sent, for programs may see it before this thread goes on.
            Note(sent: true, answer[..bytes]);
            port.Send(answer[..bytes]);
        }
    }

    private void Note(bool sent, ReadOnlySpan<byte> frame)
    {
        if (port.PassesTaps)
        {
            seen.Add(new FunctionFrame(endpoint.Id, endpoint.Droplet, sent, LibC.Nanoseconds(LibC.ClockRealtime), frame.ToArray()));
        }
    }
}
