using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Capture;

/// <summary>
/// Reads all taps of a run on one thread. Taps may come and go while it reads; a tap that goes is read to its end first.
/// </summary>
internal sealed class CaptureReader : IDisposable
{
    private const int DontWait = 0x40;
    private const int LargestFrame = 65_536;
    private const int AncillaryBytes = 256;

    /// <summary>How soon a new tap is looked at; nothing is lost meanwhile, it waits in its socket.</summary>
    private const int PollMilliseconds = 5;

    private readonly Lock gate = new();
    private readonly List<Tap> taps = [];
    private readonly List<CapturedFrame> frames = [];
    private readonly Thread thread;
    private volatile bool ending;
    private long lastSeen;
    private long missed;
    private Exception? failure;

    public CaptureReader()
    {
        lastSeen = Environment.TickCount64;
        thread = new Thread(Read) { IsBackground = true, Name = "capture" };
        thread.Start();
    }

    /// <summary>Milliseconds since a frame was last read.</summary>
    public long QuietMilliseconds => Environment.TickCount64 - Volatile.Read(ref lastSeen);

    /// <summary>Adds a tap, which the reader then owns. <paramref name="tag"/> comes with its frames.</summary>
    public void Add(int tag, SafeFileHandle socket)
    {
        lock (gate)
        {
            taps.Add(new Tap(tag, socket));
        }
    }

    /// <summary>Reads a tap to its end and closes it; nothing happens when there is none of this tag.</summary>
    public void Remove(int tag)
    {
        lock (gate)
        {
            for (int i = taps.Count - 1; i >= 0; i--)
            {
                if (taps[i].Tag == tag)
                {
                    Drain(taps[i]);
                    Close(taps[i]);
                    taps.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Stops reading, and gives all frames in the order they were read with the number the kernel could not keep.</summary>
    /// <exception cref="HarnessException">Reading failed on the way.</exception>
    public (IReadOnlyList<CapturedFrame> Frames, long Missed) Finish()
    {
        Stop();
        lock (gate)
        {
            taps.ForEach(Drain);
            // The kernel waits out a grace period at every close; all together wait one.
            missed += taps.Sum(t => PacketSocket.Dropped(t.Socket));
            DisposeAll();
        }
        return failure is null ? (frames, missed) : throw new HarnessException($"capturing failed: {failure.Message}", failure);
    }

    public void Dispose()
    {
        Stop();
        DisposeAll();
    }

    private void Stop()
    {
        ending = true;
        thread.Join();
    }

    private unsafe void Read()
    {
        LibC.PollEntry[] entries = [];
        try
        {
            while (!ending)
            {
                int count;
                lock (gate)
                {
                    count = taps.Count;
                    if (entries.Length < count)
                    {
                        entries = new LibC.PollEntry[count * 2];
                    }
                    for (int i = 0; i < count; i++)
                    {
                        entries[i] = new LibC.PollEntry { Descriptor = taps[i].Socket.DangerousGetHandle().ToInt32(), Wanted = LibC.PollIn };
                    }
                }
                int ready;
                fixed (LibC.PollEntry* first = entries)
                {
                    ready = LibC.Poll(first, (nuint)count, PollMilliseconds);
                }
                if (ready > 0)
                {
                    lock (gate)
                    {
                        foreach (Tap tap in taps)
                        {
                            Drain(tap);
                        }
                    }
                }
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
    }

    /// <summary>Reads what waits in one tap. The caller holds the gate.</summary>
    private unsafe void Drain(Tap tap)
    {
        byte* address = stackalloc byte[PacketSocket.AddressBytes];
        byte* ancillary = stackalloc byte[AncillaryBytes];
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                LibC.Piece piece = new() { Bytes = bytes, Length = LargestFrame };
                LibC.MessageHeader message = new()
                {
                    Name = address,
                    NameLength = PacketSocket.AddressBytes,
                    Pieces = &piece,
                    PieceCount = 1,
                    Ancillary = ancillary,
                    AncillaryLength = AncillaryBytes,
                };
                nint length = LibC.Receive(tap.Socket.DangerousGetHandle().ToInt32(), &message, DontWait);
                if (length < 0)
                {
                    switch (Marshal.GetLastPInvokeError())
                    {
                        case LibC.ErrorAgain:
                            return;
                        case LibC.ErrorInterrupted:
                        case LibC.ErrorNetworkDown:
                            // Said once when an interface goes down or away; what it had seen is still to be read.
                            continue;
                        default:
                            throw new HarnessException($"cannot read a capture: {LibC.LastError()}");
                    }
                }
                AncillaryData data = AncillaryData.Read(new ReadOnlySpan<byte>(ancillary, (int)message.AncillaryLength));
                frames.Add(new CapturedFrame(
                    tap.Tag,
                    address[PacketSocket.AddressPacketType] == PacketSocket.PacketOutgoing,
                    data.RealtimeNanoseconds,
                    data.Restore(new ReadOnlySpan<byte>(bytes, (int)length))));
                Volatile.Write(ref lastSeen, Environment.TickCount64);
            }
        }
    }

    private void DisposeAll()
    {
        DedicatedThreads.ForEach(taps, t => t.Socket.Dispose());
        taps.Clear();
    }

    private void Close(Tap tap)
    {
        missed += PacketSocket.Dropped(tap.Socket);
        tap.Socket.Dispose();
    }

    private readonly byte[] buffer = new byte[LargestFrame];

    private readonly record struct Tap(int Tag, SafeFileHandle Socket);
}
