package main

// The examples in the help of the commands: commands alone, so they have no language.
const (
	exampleDemo = `  skidkassa demo
  skidkassa demo --language en`
	exampleServe = `  skidkassa serve
  skidkassa serve --json --set waiter.listen=192.168.1.20:9100`
	exampleJournalList = `  skidkassa journal list --day 2025-11-21
  skidkassa journal list --state unknown,review --json`
	exampleJournalTotals = `  skidkassa journal totals --day 2025-11-21`
	exampleJournalShifts = `  skidkassa journal shifts
  skidkassa journal shifts --limit 1 --json`
	exampleJournalExport = `  skidkassa journal export --out november.csv
  skidkassa journal export --format json --day 2025-11-21`
	exampleJournalRestore = `  skidkassa journal backups
  skidkassa journal restore journal-2025-11-21.db`
	exampleSimSkidkabot = `  skidkassa sim skidkabot --listen 127.0.0.1:8080
  skidkassa sim skidkabot --fault reply-lost`
	exampleSimExpirenza = `  skidkassa sim expirenza --listen 127.0.0.1:8081`
	exampleQR           = `  skidkassa qr
  skidkassa qr --client 7045112233 --secret 39685`
	exampleStorybook = `  skidkassa storybook
  skidkassa storybook guest_sum result_unknown
  skidkassa storybook --all --size 140x45 --language uk | less -R
  skidkassa storybook --svg pictures --background light card`
)
