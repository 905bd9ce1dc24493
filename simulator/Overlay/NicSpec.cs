namespace MizarLab.Overlay;

/// <summary>
/// A droplet's NIC and its cores. With queues, a frame from the wire goes to the queue its outer 5-tuple hashes to (RSS) and waits there for the frames before it: every
/// queue has one core, which runs one program at a time, those of frames from endpoints too. Without, no frame waits for another in programs.
/// </summary>
/// <param name="Queues">And cores; 0: programs take their time side by side.</param>
/// <param name="RingFrames">Frames a core has waiting before it from the wire at most.</param>
public readonly record struct NicSpec(int Queues, int RingFrames)
{
    public static readonly NicSpec None = new(0, 0);
}
