namespace MizarLab.Engine;

/// <summary>
/// Threads wait here for each other; the last to come does what is to be done alone, and lets all go. Waiting is spinning for some microseconds, by which
/// the ends of balanced windows differ, then giving the core to whoever wants it: on a machine with other work a barrier that only spins would take it
/// from the very thread it waits for.
/// </summary>
internal sealed class WindowBarrier(int threads, Action alone)
{
    private const int Spins = 50;

    private int waiting;
    private volatile int phase;

    public void Wait()
    {
        int mine = phase;
        if (Interlocked.Increment(ref waiting) == threads)
        {
            waiting = 0;
            alone();
            phase = mine + 1;
            return;
        }
        for (int tries = 0; phase == mine; tries++)
        {
            if (tries < Spins)
            {
                Thread.SpinWait(8);
            }
            else
            {
                Thread.Yield();
            }
        }
    }
}
