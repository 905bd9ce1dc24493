namespace MizarLab.Engine;

/// <summary>
/// What the subjects of events travel in from one partition to another. Partitions share no store: a subject (a frame) is taken out of the
/// sender's store when the event is scheduled, and put into the receiver's between two windows.
/// </summary>
/// <remarks>
/// There is one of these for each pair, direction and parity of window, made when first needed, so it is never loaded while it is being unloaded.
/// <see cref="Unload"/> is called once for each <see cref="Load"/>, in the same order, then <see cref="Clear"/>. The event's kind is told because not
/// every subject is something in a store: such a one crosses as the number it is.
/// </remarks>
public interface ICrossing
{
    /// <summary>In the sender's thread: takes the subject out of its store. Answers what <see cref="Unload"/> will be given.</summary>
    int Load(int kind, int subject);

    /// <summary>In the receiver's thread: puts what was loaded into its store, and answers what it is called there.</summary>
    int Unload(int kind, int loaded);

    /// <summary>Everything is unloaded; memory is kept for the next window.</summary>
    void Clear();
}

/// <summary>Events on their way from one partition to another, during one window.</summary>
internal sealed class Mailbox(ICrossing? crossing)
{
    private SimEvent[] events = new SimEvent[64];
    private int count;

    public void Put(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument)
    {
        if (count == events.Length)
        {
            Array.Resize(ref events, count * 2);
        }
        subject = crossing is null ? subject : crossing.Load(kind, subject);
        events[count++].Set(time, destination, source, sequence, kind, subject, argument);
    }

    public void EmptyInto(EventQueue queue)
    {
        foreach (ref readonly SimEvent sent in events.AsSpan(0, count))
        {
            if (crossing is null)
            {
                queue.Push(in sent);
            }
            else
            {
                queue.Push(sent.About(crossing.Unload(sent.Kind, sent.Subject)));
            }
        }
        count = 0;
        crossing?.Clear();
    }

    public bool IsEmpty => count == 0;
}
