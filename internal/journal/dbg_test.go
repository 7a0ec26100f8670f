package journal
import ("testing";"time";"os")
func TestDbg(t *testing.T){
 p:=newPath(t)
 j:=mustOpen(t,p)
 fill(t,j,200000)
 must(t,j.checkpoint(t.Context()))
 i,_:=os.Stat(p); t.Log("size",i.Size())
 for _,q:=range []string{"quick_check(1)","integrity_check(1)"} {
 s:=time.Now(); var r string
 must(t,j.reader.QueryRow("PRAGMA "+q).Scan(&r)); t.Log(q,r,time.Since(s))
 }
}
